//! Every kind of node that a program can run.

use std::{collections::HashMap, sync::Arc};

use weft_node::{Kind, NodeSpec, Pack, PackSpec};
use weft_spec::{ClashingId, Registry, TypeName};
use weft_value::{Digest, ValueType};

/// A kind that can run, with what its key needs.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) kind: Arc<dyn Kind>,
    pub(crate) spec: Arc<NodeSpec>,
    pub(crate) build: Digest,
}

/// Every kind of node that a program can run, and the types of value they exchange.
#[derive(Clone, Default)]
pub struct Packs {
    kinds: HashMap<String, Registered>,
    registry: Registry,
    types: Vec<ValueType>,
}

impl Packs {
    /// These packs, all of one `build` of the program.
    ///
    /// # Errors
    /// Two packs bring a node of the same id.
    pub fn new<'a>(
        packs: impl IntoIterator<Item = &'a Pack>,
        build: Digest,
    ) -> Result<Self, ClashingId> {
        let mut all = Self::default();
        for pack in packs {
            let kinds = pack
                .nodes()
                .iter()
                .map(|entry| Arc::new(*entry) as Arc<dyn Kind>);
            all.add(pack.spec(), kinds.collect(), build)?;
            for ty in pack.types() {
                if all.types.iter().all(|known| known.name() != ty.name()) {
                    all.types.push(*ty);
                }
            }
        }
        Ok(all)
    }

    /// Adds one pack from wherever it comes: `kinds` in the order of the nodes of `spec`; `build` is
    /// the hash of its code, so that new code makes new results.
    ///
    /// # Errors
    /// A node of the same id is there already; nothing is added then.
    pub fn add(
        &mut self,
        spec: PackSpec,
        kinds: Vec<Arc<dyn Kind>>,
        build: Digest,
    ) -> Result<(), ClashingId> {
        let nodes = spec.nodes.clone();
        self.registry.add(spec)?;
        for (spec, kind) in nodes.into_iter().zip(kinds) {
            self.kinds.insert(
                spec.id.clone(),
                Registered {
                    kind,
                    spec: Arc::new(spec),
                    build,
                },
            );
        }
        Ok(())
    }

    /// What a graph may name.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The types of value, to read them back from disk.
    pub fn types(&self) -> &[ValueType] {
        &self.types
    }

    /// The type of that name.
    pub(crate) fn ty(&self, name: &TypeName) -> Option<&ValueType> {
        self.types.iter().find(|ty| ty.name() == name.as_str())
    }

    pub(crate) fn kind(&self, id: &str) -> Option<&Registered> {
        self.kinds.get(id)
    }
}
