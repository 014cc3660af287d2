//! diffusers, drawing the same in Python.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use miette::{IntoDiagnostic, miette};
use weft::models::stable::tokens::{END, Tokens, framed};

use super::drawing::{GUIDANCE, Numbers, Picture, TEXTS};

/// A Python with torch, diffusers and transformers, and the script that it runs.
#[derive(Debug)]
pub(super) struct Peer {
    python: PathBuf,
    folder: tempfile::TempDir,
}

impl Peer {
    pub(super) fn new(python: &Path) -> miette::Result<Self> {
        let folder = tempfile::tempdir().into_diagnostic()?;
        std::fs::write(folder.path().join(SCRIPT), include_str!("peer.py")).into_diagnostic()?;
        let python = python.to_owned();
        Ok(Self { python, folder })
    }

    /// A model of the sizes of Stable Diffusion 1.5 with random weights, kept as long as this is.
    pub(super) fn made(&self) -> miette::Result<PathBuf> {
        let model = self.folder.path().join("model");
        std::fs::create_dir(&model).into_diagnostic()?;
        let output = self.command("make", &model).output();
        let output = output.map_err(|why| self.unusable(&why.to_string()))?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(self.unusable(errors.lines().last().unwrap_or_default()));
        }
        Ok(model.join(INDEX))
    }

    /// That draws the picture with the model that a `model_index.json` stands for.
    pub(super) fn drawing(&self, checkpoint: &Path, picture: Picture) -> miette::Result<Command> {
        let folder = checkpoint.parent().filter(|_| checkpoint.ends_with(INDEX));
        let folder = folder.ok_or_else(|| {
            miette!("diffusers reads a folder: give its {INDEX}, or leave out --python")
        })?;
        let tokens = Tokens::shipped().into_diagnostic()?;
        let ids = TEXTS.map(|text| tokens.ids(text).map(|ids| framed(&ids, END)));
        let ids: Result<Vec<_>, _> = ids.into_iter().collect();
        let numbers = match picture.numbers {
            Numbers::F32 => "float32",
            Numbers::Bf16 => "bfloat16",
        };
        let mut command = self.command("draw", folder);
        command
            .args([picture.size, picture.steps].map(|number| number.to_string()))
            .arg(numbers)
            .arg(serde_json::to_string(&ids.into_diagnostic()?).into_diagnostic()?)
            .arg(GUIDANCE.to_string());
        Ok(command)
    }

    fn command(&self, verb: &str, folder: &Path) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.folder.path().join(SCRIPT)).arg(verb);
        command.arg(folder);
        command
    }

    fn unusable(&self, why: &str) -> miette::Report {
        miette!(
            "cannot use {}: {why}\nit needs: pip install torch diffusers transformers safetensors",
            self.python.display()
        )
    }
}

const SCRIPT: &str = "peer.py";
const INDEX: &str = "model_index.json";
