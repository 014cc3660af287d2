//! The order in which the fields and the nodes of a graph are written.

use std::collections::HashMap;

use petgraph::{
    graph::{DiGraph, NodeIndex},
    visit::DfsPostOrder,
};

use crate::text::{
    leaf,
    token::{Bracket, TokenKind},
    tree::{Group, Item, Shape, Tree},
};

const FIELDS: [&str; 5] = ["format", "requires", "inputs", "nodes", "outputs"];

/// The fields of the graph: the known ones in their order, the others after them.
pub(super) fn fields<'t>(text: &str, group: &'t Group) -> Vec<&'t Item> {
    let mut fields: Vec<&Item> = group.items.iter().collect();
    if group.has_keys() {
        fields.sort_by_key(|item| place(text, item));
    }
    fields
}

fn place(text: &str, item: &Item) -> usize {
    let name = field_name(text, item);
    let known = FIELDS.iter().position(|field| Some(*field) == name);
    known.unwrap_or(FIELDS.len())
}

/// The name of a field, if it has one.
pub(super) fn field_name<'a>(text: &'a str, item: &Item) -> Option<&'a str> {
    let key = item.key.as_ref()?;
    Some(leaf::word(&text[key.span.clone()]))
}

/// The nodes: each after those it takes from, and otherwise as they are. Nodes in a circle stay as they are.
pub(super) fn nodes<'t>(text: &str, group: &'t Group) -> Vec<&'t Item> {
    let items: Vec<&Item> = group.items.iter().collect();
    let mut places = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        if let Some(name) = item.key.as_ref().and_then(|key| quoted(text, key)) {
            places.entry(name).or_insert(place);
        }
    }
    let mut shape: DiGraph<(), ()> = DiGraph::with_capacity(items.len(), items.len());
    for _ in &items {
        shape.add_node(());
    }
    for (place, item) in items.iter().enumerate() {
        for_each_wire(text, &item.value, &mut |name| {
            let node = name.split('.').next().unwrap_or_default();
            if let Some(giver) = places.get(node) {
                shape.add_edge(NodeIndex::new(place), NodeIndex::new(*giver), ());
            }
        });
    }
    ordered(&shape).map_or(items.clone(), |order| {
        order.into_iter().map(|place| items[place]).collect()
    })
}

/// Each place after those it leads to; `None` if there is a circle.
fn ordered(shape: &DiGraph<(), ()>) -> Option<Vec<usize>> {
    let mut order = Vec::with_capacity(shape.node_count());
    let mut rank = vec![0; shape.node_count()];
    let mut search = DfsPostOrder::empty(shape);
    for start in shape.node_indices() {
        search.move_to(start);
        while let Some(node) = search.next(shape) {
            rank[node.index()] = order.len();
            order.push(node.index());
        }
    }
    let mut edges = shape.raw_edges().iter();
    let is_ordered = edges.all(|edge| rank[edge.target().index()] < rank[edge.source().index()]);
    is_ordered.then_some(order)
}

fn quoted(text: &str, tree: &Tree) -> Option<String> {
    match tree.shape {
        Shape::Leaf(TokenKind::Text) => leaf::quoted(&text[tree.span.clone()])
            .ok()
            .map(std::borrow::Cow::into_owned),
        _ => None,
    }
}

fn for_each_wire(text: &str, tree: &Tree, visit: &mut impl FnMut(&str)) {
    let Shape::Group(group) = &tree.shape else {
        return;
    };
    let is_wire = group.bracket == Bracket::Round
        && group
            .name
            .as_ref()
            .is_some_and(|name| leaf::word(&text[name.clone()]) == "Wire");
    match group.items.as_slice() {
        [item] if is_wire => {
            if let Some(name) = quoted(text, &item.value) {
                visit(&name);
            }
        }
        items => {
            for item in items {
                for_each_wire(text, &item.value, visit);
            }
        }
    }
}
