//! What file names and pictures may tell of a run.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};
use weft_engine::{ItemNames, Names};
use weft_graph::{Graph, InputValue};
use weft_node::Provenance;
use weft_spec::Literal;
use weft_value::Digest;

/// The value of an input as a saved picture remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Remembered {
    /// As it would be given on a command line.
    Value(String),
    /// A file or folder; relative to the graph if it lies below it, so that nobody's folders are told and
    /// the bytes of a picture are the same on every machine.
    Path {
        /// The path.
        path: String,
    },
}

/// The item of a batch as a saved picture remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedItem {
    label: String,
    varied: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seeds: Option<String>,
}

impl RememberedItem {
    fn of(item: &ItemNames) -> Option<String> {
        let remembered = Self {
            label: item.label.clone(),
            varied: item.varied.clone(),
            seeds: item.seeds.map(|seeds| seeds.to_string()),
        };
        serde_json::to_string(&remembered).ok()
    }

    /// The item.
    pub fn names(self) -> ItemNames {
        ItemNames {
            label: self.label,
            varied: self.varied,
            seeds: self.seeds.as_deref().and_then(Digest::from_hex),
            ..ItemNames::default()
        }
    }
}

/// What file names and pictures may tell of a run of `graph`. A file stands for its name alone, and `item`
/// for the place in a batch, of which a single run is the first.
pub(crate) fn names(graph: &Graph, item: Option<ItemNames>) -> Names {
    let label = item.as_ref().map_or("0", |item| &item.label);
    let mut values = BTreeMap::from([("item".to_owned(), label.to_owned())]);
    let mut inputs = BTreeMap::new();
    let folder = std::path::absolute(&graph.source().folder).unwrap_or_default();
    for InputValue {
        name, ty, literal, ..
    } in graph.inputs()
    {
        let Some(literal) = literal else { continue };
        let (value, remembered) = match literal {
            Literal::Text(path) if matches!(ty.as_str(), "File" | "Folder") => {
                let below = Path::new(path)
                    .strip_prefix(&folder)
                    .unwrap_or(Path::new(path));
                let stem = Path::new(path)
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                (
                    stem,
                    Remembered::Path {
                        path: below.to_string_lossy().into_owned(),
                    },
                )
            }
            Literal::Text(text) => (text.clone(), Remembered::Value(text.clone())),
            other => (other.to_string(), Remembered::Value(other.to_string())),
        };
        values.insert(name.clone(), value);
        inputs.insert(name, remembered);
    }
    // Texts as keys and values: this cannot fail.
    let inputs = serde_json::to_string(&inputs).unwrap_or_default();
    Names {
        values,
        provenance: Provenance {
            graph: graph.source().text.clone(),
            inputs,
            item: item.as_ref().and_then(RememberedItem::of),
        },
        item,
    }
}
