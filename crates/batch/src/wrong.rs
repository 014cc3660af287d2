//! What is wrong with what a batch was asked to do.

use miette::Diagnostic;
use thiserror::Error;

/// What is wrong with what a batch was asked to do, where, and the cure.
#[derive(Clone, Debug, Error, Diagnostic, PartialEq, Eq)]
#[error("{place}: {message}")]
#[diagnostic(code(batch::wrong))]
pub struct Wrong {
    /// The option, or the file and line.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// The cure.
    #[help]
    pub help: Option<String>,
}

impl Wrong {
    /// Something wrong at `place`.
    pub fn at(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
            help: None,
        }
    }

    /// With the cure.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
