//! Why a node failed; Weft adds which node, of what plugin, and where it is written.

use thiserror::Error;
use weft_abi::Status;

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
    /// Several things are wrong at once.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<Error>),
    /// Something that the node needs is not here.
    #[error("{0}")]
    Missing(String),
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

    /// The host could not do something.
    pub(crate) fn host(what: &str, status: Status) -> Self {
        match status {
            Status::CANCELLED => Self::Cancelled,
            Status(number) => Self::Missing(format!("the host could not {what} (status {number})")),
        }
    }
}

/// The result of a node, or why it failed.
pub type Result<T, E = Error> = std::result::Result<T, E>;
