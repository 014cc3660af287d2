//! A graph as its file says it: every span kept, unknown kinds kept, nothing yet checked against packs.

mod fields;
mod inputs;
mod migrate;
mod names;
mod nodes;
mod value;

#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::Arc};

use weft_spec::{Range, Source, Span};

use crate::{
    problem::{Mistake, Problems, Report},
    text,
};

pub(crate) use value::{Value, ValueKind};

/// The format that this program writes.
pub(crate) const FORMAT: u32 = 1;

/// The kind that puts another graph in its place.
pub(crate) const SUBGRAPH: &str = "Subgraph";

/// The input of a [`SUBGRAPH`] that names its file.
pub(crate) const SUBGRAPH_FILE: &str = "file";

/// A graph as its file says it.
#[derive(Debug)]
pub struct Document {
    pub(crate) source: Arc<Source>,
    pub(crate) requires: Vec<Requirement>,
    pub(crate) inputs: Vec<InputDecl>,
    pub(crate) nodes: Vec<NodeDecl>,
    pub(crate) outputs: Vec<OutputDecl>,
    node_places: HashMap<String, usize>,
    input_places: HashMap<String, usize>,
}

/// A word or text and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// `"pack": "^1"`.
#[derive(Debug)]
pub(crate) struct Requirement {
    pub(crate) pack: Name,
    pub(crate) version: Name,
}

/// `"name": Type(default: …, help: …, range: …, list: …)`.
#[derive(Debug)]
pub(crate) struct InputDecl {
    pub(crate) name: Name,
    pub(crate) ty: Name,
    pub(crate) default: Option<Value>,
    pub(crate) help: String,
    pub(crate) range: Option<(Range, Span)>,
    pub(crate) is_list: bool,
}

/// `"name": Kind(input: value, …)`.
#[derive(Debug)]
pub(crate) struct NodeDecl {
    pub(crate) name: Name,
    pub(crate) kind: Name,
    pub(crate) values: Vec<(Name, Value)>,
    pub(crate) span: Span,
}

/// `"name": value`.
#[derive(Debug)]
pub(crate) struct OutputDecl {
    pub(crate) name: Name,
    pub(crate) value: Value,
}

/// Reads the text of a graph. Kinds and types are not looked at, so a graph for packs that are not here is read.
///
/// # Errors
/// Everything wrong with the file itself, in one report; a mistake in the RON is the only one reported.
pub fn read(source: Arc<Source>) -> Result<Document, Problems> {
    let mut report = Report::default();
    let document = read_into(&source, &mut report);
    report.finish()?;
    // A text that gives no document has said why in the report.
    Ok(document.unwrap_or_else(|| Document::empty(source)))
}

/// Reads a text that is a single value.
pub(crate) fn read_value(source: &Arc<Source>, report: &mut Report) -> Result<Value, Mistake> {
    let tokens = text::token::tokens(&source.text)?;
    let tree = text::tree::parse(&source.text, &tokens)?;
    Ok(value::value(&mut fields::Reading { source, report }, &tree))
}

/// Reads what can be read of a text; `None` if that is nothing.
pub(crate) fn read_into(source: &Arc<Source>, report: &mut Report) -> Option<Document> {
    report.meet(source);
    let tree = text::token::tokens(&source.text)
        .and_then(|tokens| text::tree::parse(&source.text, &tokens));
    match tree {
        Ok(tree) => fields::document(source, &tree, report),
        Err(mistake) => {
            report.add_boxed(source, mistake);
            None
        }
    }
}

impl Document {
    /// A graph with nothing in it.
    pub(crate) fn empty(source: Arc<Source>) -> Self {
        Self {
            source,
            requires: Vec::new(),
            inputs: Vec::new(),
            nodes: Vec::new(),
            outputs: Vec::new(),
            node_places: HashMap::new(),
            input_places: HashMap::new(),
        }
    }

    /// The text it was read from.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The names of its nodes with their kinds, as written.
    pub fn nodes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.nodes
            .iter()
            .map(|node| (node.name.text.as_str(), node.kind.text.as_str()))
    }

    /// The names of its inputs with their types, as written.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.inputs
            .iter()
            .map(|input| (input.name.text.as_str(), input.ty.text.as_str()))
    }

    /// The place of the node of that name.
    pub(crate) fn place_of(&self, node: &str) -> Option<usize> {
        self.node_places.get(node).copied()
    }

    /// The place of the graph input of that name.
    pub(crate) fn input_place(&self, name: &str) -> Option<usize> {
        self.input_places.get(name).copied()
    }

    /// Notes the places of names anew.
    fn index(&mut self) {
        let nodes = self.nodes.iter().map(|node| node.name.text.clone());
        self.node_places = nodes.zip(0..).collect();
        let inputs = self.inputs.iter().map(|input| input.name.text.clone());
        self.input_places = inputs.zip(0..).collect();
    }
}

impl NodeDecl {
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.values
            .iter()
            .find(|(input, _)| input.text == name)
            .map(|(_, value)| value)
    }

    pub(crate) fn is_subgraph(&self) -> bool {
        self.kind.text == SUBGRAPH
    }
}
