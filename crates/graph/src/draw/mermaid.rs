//! A graph in the language of Mermaid.

use std::fmt::Write;

use super::{Drawing, Role};
use crate::Document;

/// The graph in the language of Mermaid, which forges and editors draw in Markdown.
pub fn to_mermaid(document: &Document) -> String {
    let drawing = Drawing::of(document);
    let mut text = "flowchart LR\n".to_owned();
    for (place, shape) in drawing.boxes.iter().enumerate() {
        let mut label = format!("<b>{}</b>", escaped(shape.name));
        if !shape.kind.is_empty() {
            label += &format!("<br/>{}", escaped(shape.kind));
        }
        for (input, value) in &shape.values {
            let line = format!("{input} {value}");
            label += &format!("<br/>{}", escaped(line.trim()));
        }
        let (open, close) = match shape.role {
            Role::Node => ("[", "]"),
            Role::Input | Role::Output => ("([", "])"),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    n{place}{open}\"{label}\"{close}");
    }
    for wire in &drawing.wires {
        let (from, to, label) = (wire.from, wire.to, escaped(&wire.label()));
        let _ = if label.is_empty() {
            writeln!(text, "    n{from} --> n{to}")
        } else {
            writeln!(text, "    n{from} -->|\"{label}\"| n{to}")
        };
    }
    text
}

/// Everything that could mean something to Mermaid or HTML as a numbered entity.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || " ._-+:/,=→…".contains(c) {
            safe.push(c);
        } else {
            safe += &format!("#{};", u32::from(c));
        }
    }
    safe
}
