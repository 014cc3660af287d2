//! Values that are written wrongly for where they stand.

use miette::Diagnostic;
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("`{input}` takes {wanted}, not {found}")]
#[diagnostic(code(graph::wrong_form))]
pub(crate) struct WrongForm {
    pub(crate) input: String,
    pub(crate) wanted: String,
    pub(crate) found: &'static str,
    #[label("{found}")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{input}` cannot be {number}: it must be {bounds}")]
#[diagnostic(code(graph::out_of_range))]
pub(crate) struct OutOfRange {
    pub(crate) input: String,
    pub(crate) number: String,
    pub(crate) bounds: String,
    #[label("out of range")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{word}` is no choice for `{input}`")]
#[diagnostic(code(graph::bad_choice))]
pub(crate) struct BadChoice {
    pub(crate) input: String,
    pub(crate) word: String,
    #[label("not one of its words")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{input}` takes {wanted}, and this is not one")]
#[diagnostic(code(graph::bad_color))]
pub(crate) struct BadColor {
    pub(crate) input: String,
    pub(crate) wanted: String,
    #[label("not a colour")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{written}` is not a value")]
#[diagnostic(
    code(graph::unknown_value),
    help("a value is `Wire(\"node\")`, `Input(\"name\")`, a literal, or a list of these")
)]
pub(crate) struct UnknownValue {
    pub(crate) written: String,
    #[label("not understood")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("this whole number does not fit 64 bits")]
#[diagnostic(
    code(graph::number_too_large),
    help("whole numbers go from -9223372036854775808 to 9223372036854775807")
)]
pub(crate) struct NumberTooLarge {
    #[label("too large")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{input}` has an empty path")]
#[diagnostic(code(graph::empty_path), help("name {wanted}"))]
pub(crate) struct EmptyPath {
    pub(crate) input: String,
    pub(crate) wanted: String,
    #[label("empty")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the path of `{input}` lies in a folder whose name is not Unicode")]
#[diagnostic(code(graph::path_not_text), help("rename the folder: {folder}"))]
pub(crate) struct PathNotText {
    pub(crate) input: String,
    pub(crate) folder: String,
    #[label("cannot be written as text")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("node `{node}` needs `{input}`")]
#[diagnostic(code(graph::missing_node_input))]
pub(crate) struct MissingNodeInput {
    pub(crate) node: String,
    pub(crate) input: String,
    #[label("has no `{input}`")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: String,
}
