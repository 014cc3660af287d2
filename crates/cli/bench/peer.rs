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
    /// Those of its packages.
    pub(super) versions: String,
}

impl Peer {
    /// That Python, once it is seen that it has the packages.
    pub(super) fn new(python: &Path) -> miette::Result<Self> {
        let folder = tempfile::tempdir().into_diagnostic()?;
        std::fs::write(folder.path().join(SCRIPT), include_str!("peer.py")).into_diagnostic()?;
        let peer = Self {
            python: python.to_owned(),
            folder,
            versions: String::new(),
        };
        let versions = peer.said(&mut peer.command("versions"))?;
        Ok(Self { versions, ..peer })
    }

    /// A model of the sizes of Stable Diffusion 1.5 with random weights, kept as long as this is.
    pub(super) fn made(&self) -> miette::Result<PathBuf> {
        let model = self.folder.path().join("model");
        std::fs::create_dir(&model).into_diagnostic()?;
        self.said(self.command("make").arg(&model))?;
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
        let mut command = self.command("draw");
        command
            .arg(folder)
            .args([picture.size, picture.steps].map(|number| number.to_string()))
            .arg(numbers)
            .arg(serde_json::to_string(&ids.into_diagnostic()?).into_diagnostic()?)
            .arg(GUIDANCE.to_string());
        Ok(command)
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.folder.path().join(SCRIPT)).arg(verb);
        command
    }

    /// What the script prints, without white space around it.
    fn said(&self, command: &mut Command) -> miette::Result<String> {
        let unusable = |why: &str| {
            miette!(
                "cannot use {}: {why}\nit needs: pip install torch diffusers transformers safetensors",
                self.python.display()
            )
        };
        let output = command.output().map_err(|why| unusable(&why.to_string()))?;
        if output.status.success() {
            let said = String::from_utf8_lossy(&output.stdout);
            return Ok(said.trim().to_owned());
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(unusable(errors.lines().last().unwrap_or("it failed")))
    }
}

const SCRIPT: &str = "peer.py";
const INDEX: &str = "model_index.json";
