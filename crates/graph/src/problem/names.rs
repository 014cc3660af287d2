//! Names that are missing, taken twice or not understood.

use miette::Diagnostic;
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("{what} has an empty name")]
#[diagnostic(code(graph::empty_name), help("give it a name to wire it by"))]
pub(crate) struct EmptyName {
    pub(crate) what: &'static str,
    #[label("empty")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{what} cannot be called {name:?}")]
#[diagnostic(code(graph::forbidden_name), help("{why}"))]
pub(crate) struct ForbiddenName {
    pub(crate) what: &'static str,
    pub(crate) name: String,
    pub(crate) why: &'static str,
    #[label("not a name for {what}")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("two nodes are called `{name}`")]
#[diagnostic(code(graph::duplicate_node), help("wires go by name; rename one"))]
pub(crate) struct DuplicateNode {
    pub(crate) name: String,
    #[label("and again here")]
    pub(crate) again: Span,
    #[label("first here")]
    pub(crate) first: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("{what} `{name}` is given twice")]
#[diagnostic(code(graph::duplicate_name), help("keep one of the two"))]
pub(crate) struct DuplicateName {
    pub(crate) what: &'static str,
    pub(crate) name: String,
    #[label("and again here")]
    pub(crate) again: Span,
    #[label("first here")]
    pub(crate) first: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("no pack has a kind of node called `{kind}`")]
#[diagnostic(code(graph::unknown_kind))]
pub(crate) struct UnknownKind {
    pub(crate) kind: String,
    #[label("unknown kind")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{kind}` may be any of {ids}")]
#[diagnostic(
    code(graph::ambiguous_kind),
    help("say which, with its pack: `r#{example}`")
)]
pub(crate) struct AmbiguousKind {
    pub(crate) kind: String,
    pub(crate) ids: String,
    pub(crate) example: String,
    #[label("several packs have this kind")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("`{kind}` has no input `{name}`")]
#[diagnostic(code(graph::unknown_input))]
pub(crate) struct UnknownInput {
    pub(crate) kind: String,
    pub(crate) name: String,
    #[label("not an input of this kind")]
    pub(crate) at: Span,
    #[label("the kind")]
    pub(crate) kind_at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("node `{node}` has no output `{name}`")]
#[diagnostic(code(graph::unknown_output))]
pub(crate) struct UnknownOutput {
    pub(crate) node: String,
    pub(crate) name: String,
    #[label("wired from here")]
    pub(crate) at: Span,
    #[label("this node is wired")]
    pub(crate) node_at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("node `{node}` has no output to wire")]
#[diagnostic(code(graph::no_output), help("{help}"))]
pub(crate) struct NoOutput {
    pub(crate) node: String,
    #[label("wired from here")]
    pub(crate) at: Span,
    #[label("this node gives nothing")]
    pub(crate) node_at: Span,
    pub(crate) help: &'static str,
}

#[derive(Debug, Error, Diagnostic)]
#[error("no node is called `{name}`")]
#[diagnostic(code(graph::unknown_node))]
pub(crate) struct UnknownNode {
    pub(crate) name: String,
    #[label("wired from a node that is not there")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the graph has no input `{name}`")]
#[diagnostic(code(graph::unknown_graph_input))]
pub(crate) struct UnknownGraphInput {
    pub(crate) name: String,
    #[label("not among the graph's `inputs`")]
    pub(crate) at: Span,
    #[help]
    pub(crate) help: Option<String>,
}
