//! The list that makes nodes a pack.

use weft_spec::NodeSpec;

use crate::{AnyValue, Context, Facts, Node, Outputs, Result, Values};

/// One kind of node of a [`Pack`].
#[derive(Clone, Copy)]
pub struct Entry {
    /// What it looks like from outside.
    pub spec: fn() -> NodeSpec,
    /// See [`Node::check`].
    pub check: fn(&Facts<'_>) -> Result<()>,
    /// Takes the inputs and runs the node; the values are in the order of the outputs.
    pub run: fn(&mut Values, &mut Context) -> Result<Vec<AnyValue>>,
}

/// The entry of node `N`.
pub const fn node<N: Node>() -> Entry {
    Entry {
        spec: || NodeSpec {
            id: N::ID.to_owned(),
            version: N::VERSION,
            help: N::HELP.to_owned(),
            effect: N::EFFECT,
            inputs: N::ports(),
            outputs: N::Output::ports(),
        },
        check: N::check,
        run: |values, context| N::take(values)?.run(context).map(Outputs::give),
    }
}

/// Nodes that come together.
#[derive(Clone, Copy)]
pub struct Pack {
    id: &'static str,
    version: &'static str,
    nodes: &'static [Entry],
}

impl Pack {
    /// A pack of these nodes; `id` is `vendor.pack`, with which the ids of its nodes begin.
    pub const fn new(id: &'static str, nodes: &'static [Entry]) -> Self {
        let version = "0.0.0";
        Self { id, version, nodes }
    }

    /// The version of the pack, as semver text: `env!("CARGO_PKG_VERSION")`.
    #[must_use]
    pub const fn with_version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    /// `vendor.pack`.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The version, as semver text.
    pub const fn version(&self) -> &'static str {
        self.version
    }

    /// The nodes.
    pub const fn nodes(&self) -> &'static [Entry] {
        self.nodes
    }
}
