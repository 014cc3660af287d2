//! Nodes that look renamed: gone under one name, there under another, otherwise alike.

use std::collections::{HashMap, VecDeque};

use crate::{
    Document,
    document::{NodeDecl, Value, ValueKind},
};

/// From names that only the first graph has to names that only the second has.
pub(super) fn renames<'a>(a: &'a Document, b: &'a Document) -> HashMap<&'a str, &'a str> {
    let mut added: HashMap<String, VecDeque<&str>> = HashMap::new();
    for node in only_in(b, a) {
        let alike = added.entry(signature(node, a, b)).or_default();
        alike.push_back(&node.name.text);
    }
    only_in(a, b)
        .filter_map(|node| {
            let alike = added.get_mut(&signature(node, a, b))?;
            Some((node.name.text.as_str(), alike.pop_front()?))
        })
        .collect()
}

fn only_in<'a>(document: &'a Document, other: &Document) -> impl Iterator<Item = &'a NodeDecl> {
    let nodes = document.nodes.iter();
    nodes.filter(|node| other.place_of(&node.name.text).is_none())
}

/// What a node is apart from its name, and apart from the names of nodes that may be renamed as well.
fn signature(node: &NodeDecl, a: &Document, b: &Document) -> String {
    let is_kept = |name: &str| a.place_of(name).is_some() && b.place_of(name).is_some();
    let mut values: Vec<String> = node
        .values
        .iter()
        .map(|(name, value)| format!("{}: {}", name.text, without_names(value, &is_kept)))
        .collect();
    values.sort_unstable();
    format!("{}({})", node.kind.text, values.join(", "))
}

fn without_names(value: &Value, is_kept: &impl Fn(&str) -> bool) -> String {
    match &value.kind {
        ValueKind::Wire { node, output } if !is_kept(node) => {
            format!("Wire(?.{})", output.as_deref().unwrap_or_default())
        }
        ValueKind::List(items) => {
            let items = items.iter().map(|item| without_names(item, is_kept));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        ValueKind::Call { name, arguments } => {
            let arguments = arguments.iter().map(|(name, value)| {
                let name = name.as_ref().map_or("", |name| &name.text);
                format!("{name}: {}", without_names(value, is_kept))
            });
            format!(
                "{}({})",
                name.text,
                arguments.collect::<Vec<_>>().join(", ")
            )
        }
        // As for comparing, 1 and 1.0 are one number.
        ValueKind::Literal(literal) => literal
            .as_number()
            .map_or_else(|| literal.to_string(), |number| number.to_string()),
        _ => value.to_string(),
    }
}
