//! Why a node failed; the engine adds which node, of what kind, and where it is written.

use std::ops::Range;

use thiserror::Error;

/// Why a node failed.
#[derive(Clone, Debug, Error)]
pub enum Error {
    /// An input has a value that the node cannot work with.
    #[error("{}{message}", input.map(|input| format!("input `{input}`: ")).unwrap_or_default())]
    Input {
        /// The input, if it is one.
        input: Option<&'static str>,
        /// What is wrong, why, and the cure.
        message: String,
    },
    /// A part of an input is wrong; where it is written in the file, exactly that part is underlined.
    #[error("input `{input}`{}: {message}", place.in_words())]
    At {
        /// The input.
        input: &'static str,
        /// Which part of it.
        place: Place,
        /// What is wrong, why, and the cure.
        message: String,
    },
    /// Several things are wrong at once.
    #[error("{}", joined(.0))]
    Several(Vec<Error>),
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

/// A part of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// These bytes of a text.
    Text(Range<usize>),
    /// An item of a list, counted from 0.
    Item(usize),
}

impl Place {
    fn in_words(&self) -> String {
        match self {
            Self::Text(_) => String::new(),
            Self::Item(item) => format!(", item {}", item + 1),
        }
    }
}

fn joined(errors: &[Error]) -> String {
    let errors: Vec<_> = errors.iter().map(Error::to_string).collect();
    errors.join("\n")
}

impl Error {
    /// All of `errors` as one; nothing if there are none.
    ///
    /// # Errors
    /// There is at least one.
    pub fn all(mut errors: Vec<Self>) -> Result<()> {
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => Err(Self::Several(errors)),
        }
    }

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
