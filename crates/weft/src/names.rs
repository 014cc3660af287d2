//! What file names and pictures may tell of a run.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};
use weft_engine::Names;
use weft_graph::{Graph, InputValue};
use weft_node::Provenance;
use weft_spec::Literal;

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

/// What file names and pictures may tell of a run of `graph`. A file stands for its name alone, and `item`
/// for the place in a batch, of which a single run is the first.
pub(crate) fn names(graph: &Graph) -> Names {
    let mut values = BTreeMap::from([("item".to_owned(), "0".to_owned())]);
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
        },
    }
}
