//! What only the nodes of a graph can tell: that they cannot run, or why they failed.

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;
use weft_spec::Origin;

/// What is wrong with a graph that only its nodes can tell.
#[derive(Debug, Error, Diagnostic)]
#[error("`{node}` cannot run: {message}")]
#[diagnostic(code(plan::cannot_run))]
pub struct PlanProblem {
    /// The node.
    pub node: String,
    /// What is wrong, and the cure.
    pub message: String,
    #[source_code]
    source_text: NamedSource<String>,
    #[label("here")]
    at: SourceSpan,
}

impl PlanProblem {
    pub(crate) fn new(node: &str, message: String, origin: &Origin) -> Self {
        Self {
            node: node.to_owned(),
            message,
            source_text: NamedSource::new(&origin.source.name, origin.source.text.clone()),
            at: origin.span.clone().into(),
        }
    }
}

/// Why a node failed while it ran.
#[derive(Debug, Error, Diagnostic)]
#[error("`{node}` failed: {message}")]
#[diagnostic(code(run::failed))]
pub struct NodeFailed {
    /// The node.
    pub node: String,
    /// What went wrong, and the cure.
    pub message: String,
    #[source_code]
    source_text: NamedSource<String>,
    #[label("here")]
    at: SourceSpan,
}

impl NodeFailed {
    /// The failure of `node`, which is written at `origin`.
    pub fn new(node: &str, message: String, origin: &Origin) -> Self {
        let PlanProblem {
            node,
            message,
            source_text,
            at,
        } = PlanProblem::new(node, message, origin);
        Self {
            node,
            message,
            source_text,
            at,
        }
    }
}
