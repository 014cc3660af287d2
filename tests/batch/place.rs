//! A folder with a graph in it, and batches of that graph.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::program::{Ended, ended, weft};

/// Noise that depends on the seed and on `sigma`, and a picture that does not.
pub(super) const GRAPH: &str = r#"Graph(format: 1,
    inputs: { "seed": Seed(default: 1), "sigma": Number(default: 1.0), "size": Integer(default: 64) },
    nodes: {
        "noise": Noise(width: Input("size"), height: Input("size"), color: true, seed: Input("seed")),
        "soft": GaussianBlur(image: Wire("noise"), sigma: Input("sigma")),
        "ground": Noise(width: Input("size"), height: Input("size"), color: true, seed: 3),
        "both": Blend(over: Wire("soft"), under: Wire("ground"), opacity: 0.5),
        "file": SaveImage(image: Wire("both"), path: "out/it.png"),
    })"#;

/// A folder with the graph in it, and the program run there.
pub(super) struct Place(tempfile::TempDir);

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("graph.ron"), GRAPH).unwrap();
        Self(folder)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = weft();
        command.current_dir(self.path()).args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments).output().unwrap())
    }

    /// `weft batch graph.ron` with these options, into `out`.
    pub(super) fn batch(&self, out: &str, options: &[&str]) -> Ended {
        self.run(&batch(out, options))
    }

    /// Every file below `out` but ledgers, with its content.
    pub(super) fn files(&self, out: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = self.path().join(out);
        let (mut files, mut folders) = (BTreeMap::new(), vec![root.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path
                    .extension()
                    .is_none_or(|extension| extension != "jsonl")
                {
                    let below = path.strip_prefix(&root).unwrap().to_owned();
                    files.insert(below, fs::read(path).unwrap());
                }
            }
        }
        files
    }

    /// The lines of the ledger in `out` that are items.
    pub(super) fn entries(&self, out: &str) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(self.path().join(out).join("ledger.jsonl")).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &serde_json::Value| line.get("item").is_some())
            .collect()
    }
}

pub(super) fn batch<'a>(out: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "batch",
        "graph.ron",
        "--device",
        "cpu",
        "--no-cache",
        "--out",
        out,
    ];
    arguments.extend(options);
    arguments
}
