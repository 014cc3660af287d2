//! A graph in the language of Graphviz.

use std::fmt::Write;

use super::{Drawing, Role};
use crate::Document;

/// The graph in the language of Graphviz: `dot -Tsvg` lays it out.
pub fn to_dot(document: &Document) -> String {
    let drawing = Drawing::of(document);
    let mut text = "digraph {\n    rankdir=LR;\n    node [shape=box, style=rounded];\n".to_owned();
    for (place, shape) in drawing.boxes.iter().enumerate() {
        let mut label = escaped(shape.name);
        for line in [shape.kind.to_owned()].into_iter().chain(
            shape
                .values
                .iter()
                .map(|(input, value)| format!("{input} {value}")),
        ) {
            let line = line.trim();
            if !line.is_empty() {
                label += "\\n";
                label += &escaped(line);
            }
        }
        let style = match shape.role {
            Role::Node => "",
            Role::Input | Role::Output => ", style=\"rounded,dashed\"",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    n{place} [label=\"{label}\"{style}];");
    }
    for wire in &drawing.wires {
        let label = escaped(&wire.label());
        let _ = writeln!(
            text,
            "    n{} -> n{} [label=\"{label}\"];",
            wire.from, wire.to
        );
    }
    text + "}\n"
}

/// Inside quotes.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
