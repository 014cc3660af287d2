//! Wires that run in a circle.

use miette::{Diagnostic, LabeledSpan};
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
#[error("nodes wait for each other: {path}")]
#[diagnostic(code(graph::cycle))]
pub(crate) struct Cycle {
    pub(crate) path: String,
    #[label(collection)]
    pub(crate) wires: Vec<LabeledSpan>,
    #[help]
    pub(crate) help: String,
}
