//! What is allowed and still likely a slip.

use miette::Diagnostic;
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("nothing uses input `{input}`")]
#[diagnostic(code(graph::unused_input), severity(Warning))]
pub(crate) struct UnusedInput {
    pub(crate) input: String,
    #[label("used by no node")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("nothing uses node `{node}`, and it writes nothing")]
#[diagnostic(
    code(graph::unused_node),
    severity(Warning),
    help("wire it on, or name it among `outputs`")
)]
pub(crate) struct UnusedNode {
    pub(crate) node: String,
    #[label("its result goes nowhere")]
    pub(crate) at: Span,
}
