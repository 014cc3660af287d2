//! A plugin that can be used.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use semver::Version;
use weft_abi::Described;
use weft_node::Kind;
use weft_spec::{NodeSpec, PackSpec};
use weft_value::Digest;

#[cfg(test)]
mod tests;

/// A plugin that can be used: its description has been checked.
pub struct Plugin {
    spec: PackSpec,
    kinds: Vec<Arc<dyn Kind>>,
    build: Digest,
    path: PathBuf,
    is_isolated: bool,
}

impl Plugin {
    /// The plugin at `path`, of that build; `kinds` are in the order of the description.
    ///
    /// # Errors
    /// A sentence on what of the description cannot be.
    pub(crate) fn new(
        path: &Path,
        build: Digest,
        described: &Described,
        kinds: Vec<Arc<dyn Kind>>,
    ) -> Result<Self, String> {
        check(described)?;
        Ok(Self {
            spec: PackSpec {
                id: described.id.clone(),
                version: described.version.clone(),
                nodes: described.nodes.clone(),
                types: Vec::new(),
                conversions: Vec::new(),
            },
            kinds,
            build,
            path: path.to_owned(),
            is_isolated: false,
        })
    }

    /// The same, known to run in a process of its own.
    pub(crate) fn isolated(self) -> Self {
        let is_isolated = true;
        Self {
            is_isolated,
            ..self
        }
    }

    /// `vendor.pack`.
    pub fn id(&self) -> &str {
        &self.spec.id
    }

    /// Its version, as semver text.
    pub fn version(&self) -> &str {
        &self.spec.version
    }

    /// The hash of its file, which is part of the keys of all that it makes.
    pub fn build(&self) -> Digest {
        self.build
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it runs in a process of its own.
    pub fn is_isolated(&self) -> bool {
        self.is_isolated
    }

    /// What a graph sees of it.
    pub fn spec(&self) -> &PackSpec {
        &self.spec
    }

    /// Its nodes, in the order of its spec.
    pub fn kinds(&self) -> &[Arc<dyn Kind>] {
        &self.kinds
    }
}

/// Whether this is a word that Rust would take for a name.
fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    chars.next().is_some_and(is_start) && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What a description must keep to, beyond its form.
fn check(described: &Described) -> Result<(), String> {
    let id = &described.id;
    if id.split('.').count() < 2 || !id.split('.').all(is_name) {
        return Err(format!("its id `{id}` is not of the form `vendor.pack`"));
    }
    if let Err(error) = Version::parse(&described.version) {
        let version = &described.version;
        return Err(format!(
            "its version `{version}` is none, such as `0.1.0`: {error}"
        ));
    }
    let mut ids = BTreeSet::new();
    for node in &described.nodes {
        if node.pack() != id || !is_name(node.kind()) {
            return Err(format!("its node `{}` must be called `{id}.Kind`", node.id));
        }
        if !ids.insert(&node.id) {
            return Err(format!("it has two nodes `{}`", node.id));
        }
        ports(node)?;
    }
    Ok(())
}

fn ports(node: &NodeSpec) -> Result<(), String> {
    let inputs = node.inputs.iter().map(|port| &port.name);
    let outputs = node.outputs.iter().map(|port| &port.name);
    for (side, names) in [
        ("inputs", inputs.collect::<Vec<_>>()),
        ("outputs", outputs.collect()),
    ] {
        let mut seen = BTreeSet::new();
        for name in names {
            if !is_name(name) || !seen.insert(name) {
                let id = &node.id;
                return Err(format!(
                    "the {side} of `{id}` have `{name}`, twice or not a name"
                ));
            }
        }
    }
    if node.outputs.is_empty() {
        return Err(format!("its node `{}` has no output", node.id));
    }
    Ok(())
}
