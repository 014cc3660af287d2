//! Every kind of node and type of value that a graph may name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Form, NodeSpec, TypeName};

/// A pack as a graph sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackSpec {
    /// Its id: one word for ours, `vendor.pack` for a plugin.
    pub id: String,
    /// Its version, as semver text.
    pub version: String,
    /// Its kinds.
    pub nodes: Vec<NodeSpec>,
    /// The types of value it brings.
    pub types: Vec<TypeSpec>,
    /// Which type is taken where which other is wanted: (from, to).
    pub conversions: Vec<(TypeName, TypeName)>,
}

/// A type of value as a graph sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeSpec {
    /// Its name.
    pub name: TypeName,
    /// How a value of it is written.
    pub form: Form,
}

/// Two packs that bring a node of the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClashingId {
    /// The id.
    pub id: String,
}

/// Every kind of node and type of value that a graph may name.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    nodes: BTreeMap<String, NodeSpec>,
    ids_by_kind: BTreeMap<String, Vec<String>>,
    types: BTreeMap<TypeName, Form>,
    conversions: Vec<(TypeName, TypeName)>,
    packs: BTreeMap<String, String>,
}

impl Registry {
    /// A registry of these packs.
    ///
    /// # Errors
    /// Two packs bring a node of the same id.
    pub fn new(packs: impl IntoIterator<Item = PackSpec>) -> Result<Self, ClashingId> {
        let mut registry = Self::default();
        for pack in packs {
            registry.add(pack)?;
        }
        Ok(registry)
    }

    /// Adds one pack.
    ///
    /// # Errors
    /// A node of the same id is there already; nothing is added then.
    pub fn add(&mut self, pack: PackSpec) -> Result<(), ClashingId> {
        if let Some(node) = pack
            .nodes
            .iter()
            .find(|node| self.nodes.contains_key(&node.id))
        {
            return Err(ClashingId {
                id: node.id.clone(),
            });
        }
        self.packs.insert(pack.id, pack.version);
        self.conversions.extend(pack.conversions);
        for TypeSpec { name, form } in pack.types {
            self.types.entry(name).or_insert(form);
        }
        for node in pack.nodes {
            for port in &node.inputs {
                self.types
                    .entry(port.ty.clone())
                    .or_insert_with(|| port.form.clone());
            }
            for port in &node.outputs {
                self.types.entry(port.ty.clone()).or_insert(Form::Wired);
            }
            self.ids_by_kind
                .entry(node.kind().to_owned())
                .or_default()
                .push(node.id.clone());
            self.nodes.insert(node.id.clone(), node);
        }
        Ok(())
    }

    /// The kinds that a file may mean by `name`: a full id, or a bare kind (several when packs share it).
    pub fn named(&self, name: &str) -> Vec<&NodeSpec> {
        if let Some(node) = self.nodes.get(name) {
            return vec![node];
        }
        let ids = self.ids_by_kind.get(name).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.nodes.get(id)).collect()
    }

    /// The kind of that id.
    pub fn node(&self, id: &str) -> Option<&NodeSpec> {
        self.nodes.get(id)
    }

    /// All kinds, by id.
    pub fn nodes(&self) -> impl Iterator<Item = &NodeSpec> {
        self.nodes.values()
    }

    /// All types, by name, with how each is written.
    pub fn types(&self) -> impl Iterator<Item = (&TypeName, &Form)> {
        self.types.iter()
    }

    /// How a value of that type is written; `None` for an unknown type.
    pub fn form(&self, ty: &TypeName) -> Option<&Form> {
        self.types.get(ty)
    }

    /// The version of that pack.
    pub fn pack_version(&self, id: &str) -> Option<&str> {
        self.packs.get(id).map(String::as_str)
    }

    /// All packs with their versions, by id.
    pub fn packs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.packs
            .iter()
            .map(|(id, version)| (id.as_str(), version.as_str()))
    }

    /// Whether a value of type `from` may go where `to` is wanted, as it is or by a conversion.
    pub fn accepts(&self, from: &TypeName, to: &TypeName) -> bool {
        from == to || self.conversions.iter().any(|(a, b)| a == from && b == to)
    }
}
