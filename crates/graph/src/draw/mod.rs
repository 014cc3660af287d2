//! Drawings of a graph as its file says it: text for other programs to lay out, and an SVG laid out here.

mod dot;
mod layout;
mod mermaid;
mod svg;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::{
    Document,
    document::{Value, ValueKind},
};

pub use dot::to_dot;
pub use mermaid::to_mermaid;
pub use svg::to_svg;

/// Values longer than this are cut.
const LONGEST_VALUE: usize = 32;

/// What is drawn: boxes and the wires between them.
struct Drawing<'a> {
    boxes: Vec<Shape<'a>>,
    wires: Vec<Wire<'a>>,
}

/// A node, or an input or output of the graph.
struct Shape<'a> {
    role: Role,
    name: &'a str,
    /// The kind of a node, or the type of an input.
    kind: &'a str,
    /// What is set by a literal.
    values: Vec<(&'a str, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Node,
    Input,
    Output,
}

/// From an output of a box to an input of another.
struct Wire<'a> {
    from: usize,
    /// Empty for the first output.
    output: &'a str,
    to: usize,
    input: &'a str,
}

impl Wire<'_> {
    /// Both ports in words.
    fn label(&self) -> String {
        match (self.output, self.input) {
            ("", input) => input.to_owned(),
            (output, "") => output.to_owned(),
            (output, input) if output == input => input.to_owned(),
            (output, input) => format!("{output} → {input}"),
        }
    }
}

impl<'a> Drawing<'a> {
    /// Inputs that are used, all nodes, all outputs. Wires from nodes that are not there are left out.
    fn of(document: &'a Document) -> Self {
        let mut drawing = Self {
            boxes: Vec::new(),
            wires: Vec::new(),
        };
        let first_node = document.inputs.len();
        for input in &document.inputs {
            let default = input.default.as_ref();
            drawing.boxes.push(Shape {
                role: Role::Input,
                name: &input.name.text,
                kind: &input.ty.text,
                values: default.map(|it| ("", cut(it))).into_iter().collect(),
            });
        }
        for node in &document.nodes {
            drawing.boxes.push(Shape {
                role: Role::Node,
                name: &node.name.text,
                kind: &node.kind.text,
                values: Vec::new(),
            });
        }
        for (place, node) in document.nodes.iter().enumerate() {
            for (name, value) in &node.values {
                drawing.value(document, first_node + place, &name.text, value);
            }
        }
        for output in &document.outputs {
            drawing.boxes.push(Shape {
                role: Role::Output,
                name: &output.name.text,
                kind: "",
                values: Vec::new(),
            });
            let to = drawing.boxes.len() - 1;
            drawing.value(document, to, "", &output.value);
        }
        drawing.drop_unused_inputs(first_node);
        drawing
    }

    fn value(&mut self, document: &'a Document, to: usize, input: &'a str, value: &'a Value) {
        if !value.has_reference() {
            self.boxes[to].values.push((input, cut(value)));
            return;
        }
        let first_node = document.inputs.len();
        let (from, output) = match &value.kind {
            ValueKind::List(items) | ValueKind::Tuple(items) => {
                for item in items {
                    self.value(document, to, input, item);
                }
                return;
            }
            ValueKind::Call { arguments, .. } => {
                for (_, argument) in arguments.iter().filter(|(_, it)| it.has_reference()) {
                    self.value(document, to, input, argument);
                }
                return;
            }
            ValueKind::Input(name) => (document.input_place(name), ""),
            ValueKind::Wire { node, output } => {
                let place = document.place_of(node).map(|place| first_node + place);
                (place, output.as_deref().unwrap_or_default())
            }
            _ => (None, ""),
        };
        self.wires.extend(from.map(|from| Wire {
            from,
            output,
            to,
            input,
        }));
    }

    fn drop_unused_inputs(&mut self, first_node: usize) {
        let mut is_used = vec![false; self.boxes.len()];
        for wire in &self.wires {
            is_used[wire.from] = true;
        }
        let mut places = HashMap::new();
        let mut kept = 0;
        for (place, is_used) in is_used.iter().enumerate() {
            if place >= first_node || *is_used {
                places.insert(place, kept);
                kept += 1;
            }
        }
        let mut place = 0..;
        self.boxes.retain(|_| {
            place
                .next()
                .is_some_and(|place| places.contains_key(&place))
        });
        for wire in &mut self.wires {
            wire.from = places[&wire.from];
            wire.to = places[&wire.to];
        }
    }
}

/// A value on one short line.
fn cut(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= LONGEST_VALUE {
        return text;
    }
    text.chars().take(LONGEST_VALUE - 1).chain(['…']).collect()
}
