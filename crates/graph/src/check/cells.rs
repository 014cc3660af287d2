//! The flat list that a graph and its subgraphs become.

use std::sync::Arc;

use weft_spec::NodeSpec;

use crate::{
    Document,
    document::{NodeDecl, OutputDecl, Value},
    problem::UsedBy,
};

/// The whole graph as a list of cells, and the documents they stand in.
pub(super) struct Expanded<'a> {
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) cells: Vec<Cell<'a>>,
}

/// One use of a document. Frame 0 is the graph itself.
pub(super) struct Frame<'a> {
    /// The place of the document in the library.
    pub(super) place: usize,
    pub(super) document: &'a Document,
    /// Empty, or `tone/` within a subgraph `tone`.
    pub(super) prefix: String,
    /// For each node of the document what stands for it.
    pub(super) targets: Vec<Target>,
    /// For each input of the document its cell.
    pub(super) inputs: Vec<usize>,
    /// For each output of the document its cell.
    pub(super) outputs: Vec<usize>,
    pub(super) used_by: Option<Arc<UsedBy>>,
}

/// What stands for a node.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Cell(usize),
    Frame(usize),
    /// Its mistake is reported.
    Broken,
}

/// A node, or a relay that hands a value in or out.
pub(super) struct Cell<'a> {
    pub(super) frame: usize,
    pub(super) what: What<'a>,
}

pub(super) enum What<'a> {
    Node {
        decl: &'a NodeDecl,
        spec: &'a NodeSpec,
    },
    /// An input of the graph itself, by its place.
    Input(usize),
    /// An input of a subgraph, by its place.
    Port {
        place: usize,
        /// What the outer node gives it.
        value: Option<&'a Value>,
        /// The outer node, and the frame it stands in.
        node: &'a NodeDecl,
        outer: usize,
    },
    Output(&'a OutputDecl),
}

impl<'a> Expanded<'a> {
    pub(super) fn frame_of(&self, cell: usize) -> &Frame<'a> {
        &self.frames[self.cells[cell].frame]
    }

    /// The full name of the node, or of the subgraph whose input or output this is.
    pub(super) fn name_of(&self, cell: usize) -> String {
        let frame = self.frame_of(cell);
        match &self.cells[cell].what {
            What::Node { decl, .. } => format!("{}{}", frame.prefix, decl.name.text),
            _ => frame.prefix.trim_end_matches('/').to_owned(),
        }
    }

    /// The frame in which the values of a cell are written.
    pub(super) fn writing_frame(&self, cell: usize) -> usize {
        match &self.cells[cell].what {
            What::Port { outer, .. } => *outer,
            _ => self.cells[cell].frame,
        }
    }

    /// The values written for a cell.
    pub(super) fn values_of(&self, cell: usize) -> impl Iterator<Item = &'a Value> + use<'a> {
        let (values, value): (&'a [_], Option<&'a Value>) = match &self.cells[cell].what {
            What::Node { decl, .. } => (&decl.values, None),
            What::Input(_) => (&[], None),
            What::Port { value, .. } => (&[], *value),
            What::Output(decl) => (&[], Some(&decl.value)),
        };
        values.iter().map(|(_, value)| value).chain(value)
    }
}
