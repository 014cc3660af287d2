//! Why a node failed; the engine adds which node, of what kind, and where it is written.

use thiserror::Error;

/// Why a node failed.
#[derive(Debug, Error)]
pub enum Error {
    /// An input has a value that the node cannot work with.
    #[error("{}{message}", input.map(|input| format!("input `{input}`: ")).unwrap_or_default())]
    Input {
        /// The input, if it is one.
        input: Option<&'static str>,
        /// What is wrong, why, and the cure.
        message: String,
    },
    /// Something the node needs is not here: weights, a device feature.
    #[error("{0}")]
    Missing(String),
    /// The result would not fit.
    #[error("needs {bytes} bytes of memory: {message}")]
    Memory {
        /// Bytes needed.
        bytes: u64,
        /// What they are for, and the cure.
        message: String,
    },
    /// A file could not be read or written.
    #[error("{0}")]
    Io(String),
    /// The run was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// An input has a value that the node cannot work with.
    pub fn input(input: &'static str, message: impl Into<String>) -> Self {
        Self::Input {
            input: Some(input),
            message: message.into(),
        }
    }
}

/// The result of a node, or why it failed.
pub type Result<T, E = Error> = std::result::Result<T, E>;
