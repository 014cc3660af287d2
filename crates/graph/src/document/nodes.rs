//! The nodes of a graph.

use super::{
    Name, NodeDecl,
    fields::{Reading, unique_names},
    names::{NameRule, check_name},
    value,
};
use crate::{
    problem::{form::UnnamedInput, names::DuplicateNode},
    text::{
        token::{Bracket, TokenKind},
        tree::{Group, Item, Shape, Tree},
    },
};

/// Reads `nodes: { … }`.
pub(super) fn nodes(reading: &mut Reading<'_>, tree: &Tree) -> Vec<NodeDecl> {
    let entries = reading.entries(tree, "nodes", "\"name\": Kind(input: value)");
    let entries = reading.unique(entries, |reading, first, again| {
        reading.add(DuplicateNode {
            name: again.text.clone(),
            first: first.span.clone(),
            again: again.span.clone(),
        });
    });
    let mut nodes = Vec::with_capacity(entries.len());
    for (name, item) in entries {
        check_name(reading, &name, NameRule::Node);
        nodes.extend(node(reading, name, item));
    }
    nodes
}

fn node(reading: &mut Reading<'_>, name: Name, item: &Item) -> Option<NodeDecl> {
    let (kind, group) = match &item.value.shape {
        Shape::Leaf(TokenKind::Word) => (reading.word(&item.value.span), None),
        Shape::Group(
            group @ Group {
                name: Some(kind),
                bracket: Bracket::Round,
                ..
            },
        ) => (reading.word(kind), Some(group)),
        _ => {
            let what = format!("node `{}`", name.text);
            let help = Some(format!("write `\"{}\": Kind(input: value)`", name.text));
            reading.wrong_shape(&what, "a kind with its inputs", &item.value, help);
            return None;
        }
    };
    let values = group.map_or_else(Vec::new, |group| values(reading, &kind, group));
    Some(NodeDecl {
        name,
        kind,
        values,
        span: item.span(),
    })
}

fn values(reading: &mut Reading<'_>, kind: &Name, group: &Group) -> Vec<(Name, value::Value)> {
    let mut values = Vec::with_capacity(group.items.len());
    for item in &group.items {
        match &item.key {
            Some(key) => {
                let name = reading.word(&key.span);
                values.push((name, value::value(reading, &item.value)));
            }
            None => reading.add(UnnamedInput {
                kind: kind.text.clone(),
                at: item.value.span.clone(),
            }),
        }
    }
    unique_names(reading, values, "input")
}
