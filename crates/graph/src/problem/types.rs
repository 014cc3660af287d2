//! Wires between types that do not fit.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("`{input}` cannot take {found} here")]
#[diagnostic(code(graph::type_mismatch))]
pub(crate) struct TypeMismatch {
    pub(crate) input: String,
    pub(crate) wanted: String,
    pub(crate) found: String,
    #[label("takes {wanted}, gets {found}")]
    pub(crate) at: Span,
    #[label("{found} comes from here")]
    pub(crate) from: Option<SourceSpan>,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{input}` takes a list, {wanted}, not a single value")]
#[diagnostic(code(graph::list_wanted), help("write `[{written}]`"))]
pub(crate) struct ListWanted {
    pub(crate) input: String,
    pub(crate) wanted: String,
    pub(crate) written: String,
    #[label("a single value")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("a list of lists cannot be mapped over for `{input}`")]
#[diagnostic(
    code(graph::nested_list),
    help("a node that takes one {wanted} is mapped over one list, not over lists in a list")
)]
pub(crate) struct NestedList {
    pub(crate) input: String,
    pub(crate) wanted: String,
    #[label("a list inside a list")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{from} cannot become {to} on the way through a subgraph's input of type {through}")]
#[diagnostic(
    code(graph::two_conversions),
    help("a wire converts once; declare the input as {from} or convert before the subgraph")
)]
pub(crate) struct TwoConversions {
    pub(crate) from: String,
    pub(crate) through: String,
    pub(crate) to: String,
    #[label("{to} is wanted here")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("a graph's output is taken from a node or an input")]
#[diagnostic(
    code(graph::output_not_wired),
    help("write `Wire(\"node\")`, `Input(\"name\")` or a list of these")
)]
pub(crate) struct OutputNotWired {
    #[label("neither")]
    pub(crate) at: Span,
}
