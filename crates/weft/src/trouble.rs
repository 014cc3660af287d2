//! Why a graph cannot be run.

use std::{io, path::PathBuf};

use miette::Diagnostic;
use thiserror::Error;
use weft_engine::PlanProblem;
use weft_graph::Problems;
use weft_store::StoreError;
use weft_tensor::DeviceError;

/// Why a graph cannot be run.
#[derive(Debug, Error, Diagnostic)]
pub enum Trouble {
    /// The file cannot be read.
    #[error("cannot read graph: {}: {}", why(error), path.display())]
    #[diagnostic(code(graph::unreadable))]
    Unreadable {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The graph is wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Graph(#[from] Problems),
    /// The graph is right, and its nodes cannot run: a file is missing, inputs contradict.
    #[error("{} cannot run", if problems.len() == 1 { "a node" } else { "several nodes" })]
    #[diagnostic(code(plan::cannot_run))]
    Plan {
        /// One for each input that is refused.
        #[related]
        problems: Vec<PlanProblem>,
    },
    /// A name in `only` is no node.
    #[error("the graph has no node `{name}`")]
    #[diagnostic(code(run::unknown_node), help("its nodes are {known}"))]
    NoSuchNode {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The device cannot be used.
    #[error(transparent)]
    #[diagnostic(code(device::unusable))]
    Device(#[from] DeviceError),
    /// Results cannot be kept there.
    #[error(transparent)]
    #[diagnostic(
        code(store::unusable),
        help("name another folder with `--cache`, or use `--no-cache`")
    )]
    Store(#[from] StoreError),
    /// Two packs bring the same node.
    #[error("two packs bring the node `{0}`")]
    #[diagnostic(code(pack::clash))]
    Clash(String),
}

/// What the system said, in the words of a person.
fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::InvalidData => "it is not text in UTF-8".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

impl Trouble {
    /// All that is wrong, a line for each thing.
    pub fn in_full(&self) -> String {
        let lines: Vec<String> = match self {
            Self::Graph(problems) => problems.iter().map(ToString::to_string).collect(),
            Self::Plan { problems } => problems.iter().map(ToString::to_string).collect(),
            other => vec![other.to_string()],
        };
        lines.join("\n")
    }
}
