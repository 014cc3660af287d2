//! Graphs used inside graphs.

use miette::Diagnostic;
use thiserror::Error;
use weft_spec::Span;

#[derive(Debug, Error, Diagnostic)]
#[error("a `Subgraph` names the file of the graph")]
#[diagnostic(
    code(graph::missing_subgraph_file),
    help("write `Subgraph(file: \"inner.ron\", …)`; a text in quotes, known before anything runs")
)]
pub(crate) struct MissingSubgraphFile {
    #[label("names no file")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the subgraph cannot be read: {why}: {path}")]
#[diagnostic(
    code(graph::unreadable_subgraph),
    help("a path is relative to the file that names it")
)]
pub(crate) struct UnreadableSubgraph {
    pub(crate) why: String,
    pub(crate) path: String,
    #[label("cannot be read")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("a graph cannot contain itself: {path}")]
#[diagnostic(code(graph::recursive_subgraph))]
pub(crate) struct RecursiveSubgraph {
    pub(crate) path: String,
    #[label("closes the circle")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("an input called `file` cannot be set through a `Subgraph`")]
#[diagnostic(
    code(graph::reserved_input),
    help("`file` names the graph itself; rename the input in {path}")
)]
pub(crate) struct ReservedInput {
    pub(crate) path: String,
    #[label("has an input called `file`")]
    pub(crate) at: Span,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the graph is too large once its subgraphs are put in place")]
#[diagnostic(
    code(graph::too_large),
    help("subgraphs bring more than {limit} nodes or list items; do they double at each level?")
)]
pub(crate) struct TooLarge {
    pub(crate) limit: usize,
    #[label("grew past the limit here")]
    pub(crate) at: Span,
}
