//! What is wrong with a file of weights, as a person reads it.

use std::fmt;

use thiserror::Error;

/// What is said of a pickle, and how it becomes a file that is read.
const PICKLE: &str = r#"the weights are a pickle of PyTorch (.pth, .pt, .ckpt), which may run anything when it is read; convert it once, where torch and safetensors are installed:
  python -c "import sys, torch; from safetensors.torch import save_file; s = torch.load(sys.argv[1], map_location='cpu', weights_only=True); s = s.get('params_ema', s.get('params', s.get('state_dict', s))); save_file({k: v.clone().contiguous() for k, v in s.items()}, sys.argv[2])" model.pth model.safetensors"#;

/// Why weights cannot be used.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The bytes are not a safetensors file, or only a part of one.
    #[error("the weights are not a whole safetensors file: {0}")]
    Malformed(String),
    /// Its numbers are not those that were written.
    #[error(
        "the weights were changed or damaged since they were written: their hash is {found}, not {wanted}"
    )]
    Changed {
        /// The hash of what is there.
        found: String,
        /// The hash that the file tells.
        wanted: String,
    },
    /// The file is one of PyTorch's own, which is a program.
    #[error("{PICKLE}")]
    Pickle,
    /// No network that is known has such keys.
    #[error("the weights are those of no network that is known here ({known}); they hold {keys}")]
    Strange {
        /// The networks that are known.
        known: String,
        /// Some of the keys of the file.
        keys: String,
    },
    /// It does not say which network it is of, or says a network that cannot be.
    #[error("the weights do not tell the sizes of {network}: {why}")]
    Config {
        /// The network that wants them.
        network: &'static str,
        /// What is wrong with what the file says.
        why: String,
    },
    /// It is the file of another network, or of another size of this one.
    #[error("the weights are not those of {network}:{}", lines(problems))]
    Unfit {
        /// The network that wants them.
        network: &'static str,
        /// Everything that does not fit, by key.
        problems: Vec<Problem>,
    },
}

/// One key of a file of weights that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The network wants it and the file lacks it.
    Missing(String),
    /// The file has it and the network has no use for it.
    Unknown(String),
    /// The tensor has another shape than the network wants.
    Shape {
        /// The key.
        key: String,
        /// The shape in the file.
        found: Vec<usize>,
        /// The shape that the network wants.
        wanted: Vec<usize>,
    },
    /// The numbers are of a kind that is not read.
    Kind {
        /// The key.
        key: String,
        /// The kind in the file.
        found: String,
    },
    /// One of the numbers is none, or has no end.
    Number {
        /// The key.
        key: String,
        /// The number, as it is written.
        found: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(key) => write!(f, "{key} is missing"),
            Self::Unknown(key) => write!(f, "{key} is unknown"),
            Self::Shape { key, found, wanted } => write!(f, "{key} is {found:?}, not {wanted:?}"),
            Self::Kind { key, found } => write!(f, "{key} is {found}, not F32, F16 or BF16"),
            Self::Number { key, found } => write!(f, "{key} holds {found}; the file is spoilt"),
        }
    }
}

fn lines(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|problem| format!("\n  {problem}"))
        .collect()
}
