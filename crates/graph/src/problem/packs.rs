//! Packs that are missing or of another version, and packs that contradict themselves.

use miette::Diagnostic;
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("pack `{pack}` is not here")]
#[diagnostic(code(graph::missing_pack))]
pub(crate) struct MissingPack {
    pub(crate) pack: String,
    #[label("required, and not loaded")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("pack `{pack}` is of version {found}, and the graph requires {wanted}")]
#[diagnostic(code(graph::wrong_pack_version))]
pub(crate) struct WrongPackVersion {
    pub(crate) pack: String,
    pub(crate) wanted: String,
    pub(crate) found: String,
    #[label("{found} is loaded")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{written:?} is not a version requirement")]
#[diagnostic(
    code(graph::bad_requirement),
    help("write for example \"^1\", \">=1.2, <3\" or \"*\"")
)]
pub(crate) struct BadRequirement {
    pub(crate) written: String,
    pub(crate) why: String,
    #[label("{why}")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the kind `{id}` has a default for `{input}` that it does not take itself")]
#[diagnostic(
    code(graph::bad_kind_default),
    help("set `{input}` here, and tell the author of the pack")
)]
pub(crate) struct BadKindDefault {
    pub(crate) id: String,
    pub(crate) input: String,
    #[label("relies on the default")]
    pub(crate) at: Span,
}
