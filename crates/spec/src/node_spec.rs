//! What a node looks like from outside.

use serde::{Deserialize, Serialize};

use crate::{Form, Literal, Range, TypeName};

/// What a kind of node looks like from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeSpec {
    /// `pack.Kind`, forever.
    pub id: String,
    /// Raised when equal inputs give another result.
    #[serde(default = "first")]
    pub version: u32,
    /// One imperative line, a blank one, then the how.
    pub help: String,
    /// What it does to the world.
    #[serde(default)]
    pub effect: Effect,
    /// Named inputs, in the order of the node's fields.
    #[serde(default)]
    pub inputs: Vec<PortSpec>,
    /// Named outputs; a wire that names none takes the first.
    pub outputs: Vec<OutputSpec>,
}

/// One named input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortSpec {
    /// The name as written in a file.
    pub name: String,
    /// The type it takes.
    pub ty: TypeName,
    /// How a value may be written instead of wired.
    pub form: Form,
    /// A noun phrase, with the unit.
    pub help: String,
    /// The value of an input that is left out.
    #[serde(default)]
    pub default: Option<Literal>,
    /// Whether it may be left out and then has no value at all.
    #[serde(default)]
    pub optional: bool,
    /// The numbers it accepts.
    #[serde(default)]
    pub range: Option<Range>,
}

/// One named output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputSpec {
    /// The name as used in a wire.
    pub name: String,
    /// The type it gives.
    pub ty: TypeName,
    /// A noun phrase.
    pub help: String,
}

/// What a node does to the world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Nothing: equal inputs give equal outputs.
    #[default]
    Pure,
    /// Reads files, which enter its key by their content.
    Reads,
    /// Writes files: it is an end of the graph and always wanted.
    Writes,
}

impl OutputSpec {
    /// The only output of a node, named after its type: `image` for an `Image`, `images` for a list of them.
    pub fn of(ty: TypeName) -> Self {
        let name = match ty.element() {
            Some(element) => format!("{}s", element.as_str().to_lowercase()),
            None => ty.as_str().to_lowercase(),
        };
        let help = format!("The resulting {name}.");
        Self { name, ty, help }
    }
}

/// The version of a node that names none.
fn first() -> u32 {
    1
}

impl NodeSpec {
    /// The pack part of the id: `edge` of `edge.Canny`, `acme.halftone` of `acme.halftone.Dots`.
    pub fn pack(&self) -> &str {
        self.id.rsplit_once('.').map_or("", |(pack, _)| pack)
    }

    /// The kind part of the id: `Canny` of `edge.Canny`.
    pub fn kind(&self) -> &str {
        self.id.rsplit_once('.').map_or(&self.id, |(_, kind)| kind)
    }

    /// The first line of the help.
    pub fn summary(&self) -> &str {
        self.help.lines().next().unwrap_or("")
    }

    /// The input of that name.
    pub fn input(&self, name: &str) -> Option<&PortSpec> {
        self.inputs.iter().find(|port| port.name == name)
    }

    /// The place and the output of that name; of the first one, if no name is given.
    pub fn output(&self, name: Option<&str>) -> Option<(usize, &OutputSpec)> {
        self.outputs
            .iter()
            .enumerate()
            .find(|(_, port)| name.is_none_or(|name| port.name == name))
    }
}
