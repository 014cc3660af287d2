//! Mistakes in the RON itself. Reading stops at the first of these.

use miette::Diagnostic;
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(code(graph::syntax))]
pub(crate) struct Syntax {
    pub(crate) what: String,
    pub(crate) label: String,
    #[label("{label}")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("a name with a dot, plus or minus in it must be marked as a raw name")]
#[diagnostic(code(graph::needs_raw_name))]
pub(crate) struct NeedsRawWord {
    #[label("not a plain name")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: String,
}

#[derive(Debug, Error, Diagnostic)]
#[error("a bracket is never closed")]
#[diagnostic(
    code(graph::unclosed_bracket),
    help("add `{bracket}` where the bracket should end")
)]
pub(crate) struct UnclosedBracket {
    pub(crate) bracket: char,
    #[label("opened here")]
    pub(crate) open: Span,
    #[label("still open at the end")]
    pub(crate) end: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("expected `{expected}` here, found `{found}`")]
#[diagnostic(code(graph::wrong_bracket))]
pub(crate) struct WrongBracket {
    pub(crate) expected: char,
    pub(crate) found: char,
    #[label("opened here")]
    pub(crate) open: Span,
    #[label("closed by another bracket")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("brackets are nested more than {limit} deep")]
#[diagnostic(code(graph::too_deep), help("a graph needs about six levels"))]
pub(crate) struct TooDeep {
    pub(crate) limit: usize,
    #[label("too deep")]
    pub(crate) at: Span,
}
