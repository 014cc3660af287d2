//! PyTorch's times, as `benches/pytorch.py` prints them.

use std::{collections::BTreeMap, env, fs, path::Path, process::Command, thread};

/// Milliseconds (or MiB) by name.
pub(crate) struct PyTorch(BTreeMap<String, f64>);

impl PyTorch {
    /// From a file, or from the Python that `WEFT_PYTHON` names, or none.
    pub(crate) fn of(file: Option<&Path>, only: &str, quick: bool) -> Self {
        let text = match (file, env::var("WEFT_PYTHON")) {
            (Some(file), _) => fs::read_to_string(file).unwrap(),
            (None, Ok(python)) => measured(&python, only, quick),
            (None, Err(_)) => String::new(),
        };
        let read = |line: &str| {
            let (name, value) = line.split_once('\t')?;
            Some((name.to_owned(), value.trim().parse().ok()?))
        };
        Self(text.lines().filter_map(read).collect())
    }

    pub(crate) fn of_case(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }
}

fn measured(python: &str, only: &str, quick: bool) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/pytorch.py");
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut command = Command::new(python);
    command
        .arg(script)
        .args(["--threads", &threads.to_string()]);
    if !only.is_empty() {
        command.args(["--only", only]);
    }
    if quick {
        command.arg("--quick");
    }
    let output = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pytorch.py failed: {complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
