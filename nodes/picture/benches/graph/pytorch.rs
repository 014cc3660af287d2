//! The column of PyTorch.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// Milliseconds and the mean of the result, by node.
pub(crate) struct PyTorch {
    device: String,
    rows: BTreeMap<String, (f64, f64)>,
}

impl PyTorch {
    /// By the Python that `WEFT_PYTHON` names, or none.
    pub(crate) fn measured((height, width): (usize, usize), times: usize) -> Self {
        let mut all = Self {
            device: "nothing, since WEFT_PYTHON is not set".to_owned(),
            rows: BTreeMap::new(),
        };
        let Ok(python) = env::var("WEFT_PYTHON") else {
            return all;
        };
        // Elsewhere than where this was built, scripts/gpu_bench.sh says where it is.
        let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/graph/pytorch.py");
        let script = env::var_os("WEFT_PYTORCH_SCRIPT").map_or_else(built, PathBuf::from);
        let numbers = [width, height, times].map(|number| number.to_string());
        let output = Command::new(python)
            .arg(script)
            .args(numbers)
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "pytorch.py failed: {complaint}");
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            match *line.split('\t').collect::<Vec<_>>() {
                ["device", device] => all.device = device.to_owned(),
                [name, time, mean] => {
                    let row = (time.parse().unwrap(), mean.parse().unwrap());
                    all.rows.insert(name.to_owned(), row);
                }
                _ => panic!("pytorch.py printed {line}"),
            }
        }
        all
    }

    pub(crate) fn device(&self) -> &str {
        &self.device
    }

    pub(crate) fn of(&self, name: &str) -> Option<(f64, f64)> {
        self.rows.get(name).copied()
    }
}
