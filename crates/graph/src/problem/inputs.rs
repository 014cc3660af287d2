//! Mistakes in a graph's own inputs and in the values given for them.

use miette::Diagnostic;
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("no type is called `{name}`")]
#[diagnostic(code(graph::unknown_type))]
pub(crate) struct UnknownType {
    pub(crate) name: String,
    #[label("unknown type")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{ty} has no literal, so `{input}` can have no default")]
#[diagnostic(
    code(graph::default_of_wired_type),
    help("leave the default out; the graph is then used as a `Subgraph`, and the value wired in")
)]
pub(crate) struct DefaultOfWiredType {
    pub(crate) input: String,
    pub(crate) ty: String,
    #[label("can only be wired")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("a default is a literal")]
#[diagnostic(
    code(graph::default_not_literal),
    help("an input is known before any node has run")
)]
pub(crate) struct DefaultNotLiteral {
    #[label("not a literal")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the range of `{input}` is empty or not a pair of numbers")]
#[diagnostic(
    code(graph::bad_range),
    help("write `range: (smallest, largest)`; `-inf` and `inf` leave an end open")
)]
pub(crate) struct BadRange {
    pub(crate) input: String,
    #[label("not a range")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{input}` is a {ty} and has no range")]
#[diagnostic(code(graph::range_of_no_number), help("only numbers have a range"))]
pub(crate) struct RangeOfNoNumber {
    pub(crate) input: String,
    pub(crate) ty: String,
    #[label("not for this type")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("input `{input}` has no value")]
#[diagnostic(code(graph::missing_input))]
pub(crate) struct MissingInput {
    pub(crate) input: String,
    #[label("neither set nor given a default")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: String,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the graph has no input `{name}` to set")]
#[diagnostic(code(graph::unknown_given))]
pub(crate) struct UnknownGiven {
    pub(crate) name: String,
    #[label("set for no input")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{ty} cannot be written, so `{input}` cannot be set")]
#[diagnostic(
    code(graph::given_of_wired_type),
    help("use the graph as a `Subgraph` and wire `{input}`")
)]
pub(crate) struct GivenOfWiredType {
    pub(crate) input: String,
    pub(crate) ty: String,
    #[label("can only be wired")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the value set for `{input}` is not a literal")]
#[diagnostic(
    code(graph::bad_given),
    help("wires and inputs belong in the file; here the value itself is set")
)]
pub(crate) struct BadGiven {
    pub(crate) input: String,
    pub(crate) wanted: String,
    #[label("{wanted} was expected")]
    pub(crate) at: Span,
}
