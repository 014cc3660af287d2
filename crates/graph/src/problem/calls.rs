//! Calls that are written wrongly, such as `Image("a cat")` without its picture.

use miette::Diagnostic;
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("`{input}` takes no `{name}(…)`")]
#[diagnostic(code(graph::unknown_call), help("{help}"))]
pub(crate) struct UnknownCall {
    pub(crate) input: String,
    pub(crate) name: String,
    #[label("not known here")]
    pub(crate) at: Span,
    pub(crate) help: String,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{call}(…)` has no place for this")]
#[diagnostic(code(graph::unknown_argument), help("it is written `{takes}`"))]
pub(crate) struct UnknownArgument {
    pub(crate) call: String,
    pub(crate) takes: String,
    #[label("one too many, or of a name that it does not have")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{call}(…)` needs `{argument}`")]
#[diagnostic(code(graph::missing_argument), help("it is written `{takes}`"))]
pub(crate) struct MissingArgument {
    pub(crate) call: String,
    pub(crate) argument: String,
    pub(crate) takes: String,
    #[label("has no `{argument}`")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("a list cannot be mapped over inside `{call}(…)`")]
#[diagnostic(
    code(graph::mapped_argument),
    help("it takes one {wanted}; map the node over another of its inputs instead")
)]
pub(crate) struct MappedArgument {
    pub(crate) call: String,
    pub(crate) wanted: String,
    #[label("a list where one is taken")]
    pub(crate) at: Span,
}
