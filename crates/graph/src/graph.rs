//! A graph that is valid: typed, acyclic, flattened, every literal canonical and in range.

use std::sync::Arc;

use petgraph::{
    graph::{DiGraph, NodeIndex},
    visit::Dfs,
};
use weft_spec::{Literal, Origin, Range, Source, TypeName};

use crate::Problem;

/// A graph that is valid: typed, acyclic, flattened, every literal canonical and in range. Only
/// [`check`](crate::check) makes one.
#[derive(Clone, Debug)]
pub struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) inputs: Vec<InputValue>,
    pub(crate) outputs: Vec<OutputValue>,
    pub(crate) sources: Vec<Arc<Source>>,
    pub(crate) warnings: Arc<[Problem]>,
}

/// One node, those of subgraphs included.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name; `tone/blend` for `blend` inside a subgraph called `tone`.
    pub name: String,
    /// `pack.Kind`.
    pub id: String,
    /// A value for each port that has one, in the order of the kind's ports; defaults are filled in.
    pub arguments: Vec<(String, Argument)>,
    /// Whether it runs once for each element of its mapped arguments; its outputs are lists then.
    pub is_mapped: bool,
    /// The type of each output, in the order of the kind; lists if the node is mapped.
    pub outputs: Vec<TypeName>,
    /// The whole `"name": Kind(…)`.
    pub origin: Origin,
}

/// What a port is given.
#[derive(Clone, Debug)]
pub enum Argument {
    /// What another node gives.
    Wire {
        /// The place of that node in [`Graph::nodes`]; always before the one that takes it.
        node: usize,
        /// The place of the output among that node's.
        output: usize,
        /// Whether the port takes the elements of this list one by one.
        is_mapped: bool,
        /// The type that comes out of the node.
        from: TypeName,
        /// The type that is wanted. A conversion is needed where it differs from `from`, or, if the wire is
        /// mapped or both are lists, from the element type of `from`: then element by element. Inside an
        /// [`Argument::List`] a list type here says that the elements are spliced in.
        to: TypeName,
        /// Where it was written.
        origin: Origin,
    },
    /// A value written in a file or given by the caller.
    Literal {
        /// The value, canonical in the port's form; paths are absolute.
        literal: Literal,
        /// The place of the input of the graph itself in [`Graph::inputs`], if that gave it, as a whole.
        input: Option<usize>,
        /// Where it was written.
        origin: Origin,
    },
    /// A list written in brackets with at least one wire in it, or a list of literals that is mapped over.
    List {
        /// Wires and literals, never lists.
        items: Vec<Argument>,
        /// Whether the port takes the elements one by one.
        is_mapped: bool,
        /// Where it was written.
        origin: Origin,
    },
    /// A call such as `Image("a cat", Wire("cat"))`, which makes a value.
    Call {
        /// The word before the brackets.
        name: String,
        /// The type of value that it makes.
        ty: TypeName,
        /// A value for each argument that has one, in the order of the call; defaults are filled in.
        arguments: Vec<CallArgument>,
        /// Where it was written.
        origin: Origin,
    },
}

/// An argument of an [`Argument::Call`].
#[derive(Clone, Debug)]
pub struct CallArgument {
    /// Its name.
    pub name: String,
    /// The type that is wanted.
    pub ty: TypeName,
    /// What it is given; never mapped.
    pub value: Argument,
}

/// An input of the graph and the value it has.
#[derive(Clone, Debug)]
pub struct InputValue {
    /// Its name.
    pub name: String,
    /// Its type; a list type if it was declared with `list: true`.
    pub ty: TypeName,
    /// What it is, in the author's words; may be empty.
    pub help: String,
    /// The numbers it takes.
    pub range: Option<Range>,
    /// Its value, canonical in the form of its type. Always there in a graph that runs.
    pub literal: Option<Literal>,
    /// Whether the caller set it; otherwise it has its default.
    pub was_given: bool,
    /// Where it is declared.
    pub origin: Origin,
}

/// A declared output of the graph and what it gives.
#[derive(Clone, Debug)]
pub struct OutputValue {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: TypeName,
    /// What it is taken from.
    pub value: Argument,
    /// Where it is declared.
    pub origin: Origin,
}

impl Graph {
    /// The nodes: each after all that it takes from, and otherwise in the order of the file.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The declared inputs with their values.
    pub fn inputs(&self) -> &[InputValue] {
        &self.inputs
    }

    /// The declared outputs.
    pub fn outputs(&self) -> &[OutputValue] {
        &self.outputs
    }

    /// The text of the graph itself.
    pub fn source(&self) -> &Arc<Source> {
        &self.sources[0]
    }

    /// The text of the graph itself, then those of its subgraphs.
    pub fn sources(&self) -> &[Arc<Source>] {
        &self.sources
    }

    /// What is allowed and still likely a slip: inputs and nodes that nothing uses.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The place of the node of that name.
    pub fn place_of(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// For each node, whether any of `wanted` needs it; a node needs itself.
    pub fn needed_for(&self, wanted: &[usize]) -> Vec<bool> {
        self.reached_from(wanted, |taker, giver| (taker, giver))
    }

    /// For each node, whether it is, or takes directly or indirectly from, any of `changed`.
    pub fn affected_by(&self, changed: &[usize]) -> Vec<bool> {
        self.reached_from(changed, |taker, giver| (giver, taker))
    }

    fn reached_from(
        &self,
        starts: &[usize],
        direction: impl Fn(usize, usize) -> (usize, usize),
    ) -> Vec<bool> {
        let mut shape: DiGraph<(), ()> = DiGraph::with_capacity(self.nodes.len(), self.nodes.len());
        for _ in &self.nodes {
            shape.add_node(());
        }
        for (taker, node) in self.nodes.iter().enumerate() {
            for (_, argument) in &node.arguments {
                argument.for_each_wire(&mut |giver| {
                    let (from, to) = direction(taker, giver);
                    shape.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
                });
            }
        }
        let mut search = Dfs::empty(&shape);
        search.stack = starts
            .iter()
            .filter(|start| **start < self.nodes.len())
            .map(|start| NodeIndex::new(*start))
            .collect();
        let mut reached = vec![false; self.nodes.len()];
        while let Some(node) = search.next(&shape) {
            reached[node.index()] = true;
        }
        reached
    }
}

impl Argument {
    /// Where it was written.
    pub fn origin(&self) -> &Origin {
        match self {
            Self::Wire { origin, .. }
            | Self::Literal { origin, .. }
            | Self::List { origin, .. }
            | Self::Call { origin, .. } => origin,
        }
    }

    /// Whether the port takes the elements of this argument one by one.
    pub fn is_mapped(&self) -> bool {
        match self {
            Self::Wire { is_mapped, .. } | Self::List { is_mapped, .. } => *is_mapped,
            Self::Literal { .. } | Self::Call { .. } => false,
        }
    }

    pub(crate) fn origin_mut(&mut self) -> &mut Origin {
        match self {
            Self::Wire { origin, .. }
            | Self::Literal { origin, .. }
            | Self::List { origin, .. }
            | Self::Call { origin, .. } => origin,
        }
    }

    /// Gives every wire the new place of the node it comes from.
    pub(crate) fn renumber(&mut self, places: &[usize]) {
        match self {
            Self::Wire { node, .. } => *node = places[*node],
            Self::Literal { .. } => {}
            Self::List { items, .. } => {
                for item in items {
                    item.renumber(places);
                }
            }
            Self::Call { arguments, .. } => {
                for argument in arguments {
                    argument.value.renumber(places);
                }
            }
        }
    }

    /// Calls `visit` with the place of each node that the argument takes from.
    pub fn for_each_wire(&self, visit: &mut impl FnMut(usize)) {
        match self {
            Self::Wire { node, .. } => visit(*node),
            Self::Literal { .. } => {}
            Self::List { items, .. } => {
                for item in items {
                    item.for_each_wire(visit);
                }
            }
            Self::Call { arguments, .. } => {
                for argument in arguments {
                    argument.value.for_each_wire(visit);
                }
            }
        }
    }
}
