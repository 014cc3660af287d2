//! Mistakes in the form of the file: RON, but not a graph of this format.

use miette::Diagnostic;
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("this is not a graph")]
#[diagnostic(
    code(graph::not_a_graph),
    help("a graph file is `Graph(format: 1, nodes: {{ … }})`")
)]
pub(crate) struct NotAGraph {
    #[label("`Graph(…)` was expected")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{owner} has no field `{name}`")]
#[diagnostic(code(graph::unknown_field))]
pub(crate) struct UnknownField {
    pub(crate) owner: &'static str,
    pub(crate) name: String,
    #[label("unknown field")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is written twice")]
#[diagnostic(code(graph::duplicate_field), help("keep one of the two"))]
pub(crate) struct DuplicateField {
    pub(crate) name: String,
    #[label("and again here")]
    pub(crate) again: Span,
    #[label("first here")]
    pub(crate) first: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{what} is not {wanted}")]
#[diagnostic(code(graph::wrong_shape))]
pub(crate) struct WrongShape {
    pub(crate) what: String,
    pub(crate) wanted: &'static str,
    #[label("{wanted} was expected")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the graph does not say its format")]
#[diagnostic(
    code(graph::missing_format),
    help("write `format: {current},` as its first field")
)]
pub(crate) struct MissingFormat {
    pub(crate) current: u32,
    #[label("has no `format`")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("this graph is of format {found}, and this program knows formats up to {current}")]
#[diagnostic(code(graph::newer_format), help("a newer weft reads it"))]
pub(crate) struct NewerFormat {
    pub(crate) found: i64,
    pub(crate) current: u32,
    #[label("newer than this program")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("there is no way from format {found} to format {current}")]
#[diagnostic(
    code(graph::older_format),
    help("the oldest format that can be read is {oldest}")
)]
pub(crate) struct OlderFormat {
    pub(crate) found: i64,
    pub(crate) oldest: u32,
    pub(crate) current: u32,
    #[label("cannot be brought up to date")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("inputs of a node are named")]
#[diagnostic(code(graph::unnamed_input), help("write `{kind}(name: value)`"))]
pub(crate) struct UnnamedInput {
    pub(crate) kind: String,
    #[label("for which input is this?")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{written}` does not say what to take")]
#[diagnostic(code(graph::bad_reference), help("{help}"))]
pub(crate) struct BadReference {
    pub(crate) written: &'static str,
    pub(crate) help: &'static str,
    #[label("one name in quotes was expected")]
    pub(crate) at: Span,
}
