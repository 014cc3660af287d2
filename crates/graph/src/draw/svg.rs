//! A graph as a picture.

use std::fmt::Write;

use super::{
    Drawing, Role, Shape,
    layout::{Layout, Line, Size, layout},
};
use crate::Document;

/// The advance of one character of the monospaced font at 12 pixels.
const CHARACTER: f64 = 7.25;
const ROW: f64 = 18.0;
const PADDING: f64 = 10.0;
/// The name of a box, and its kind if it has one.
const HEAD: f64 = 24.0;
const KIND: f64 = 16.0;
const FOOT: f64 = 8.0;

const STYLE: &str = "\
    svg { background: #ffffff }\n\
    text { font: 12px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #57606a }\n\
    .name { font-weight: bold; fill: #1f2328 }\n\
    .value { fill: #0550ae }\n\
    .node { fill: #f6f8fa; stroke: #8c959f }\n\
    .input { fill: #dafbe1; stroke: #4ac26b }\n\
    .output { fill: #fff8c5; stroke: #d4a72c }\n\
    .wire { fill: none; stroke: #6e7781; stroke-width: 1.5 }\n\
    .port { fill: #6e7781 }\n";

/// The graph as an SVG picture: boxes with their kinds and literals, left to right, and wires between named ports.
pub fn to_svg(document: &Document) -> String {
    let drawing = Drawing::of(document);
    let cards = cards(&drawing);
    let sizes: Vec<Size> = cards.iter().map(Card::size).collect();
    let lines: Vec<Line> = drawing
        .wires
        .iter()
        .map(|wire| Line {
            from: wire.from,
            from_y: cards[wire.from].row_y(position(&cards[wire.from].outputs, wire.output)),
            to: wire.to,
            to_y: cards[wire.to].row_y(position(&cards[wire.to].inputs, wire.input)),
        })
        .collect();
    let layout = layout(&sizes, &lines);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w:.0}\" height=\"{h:.0}\" \
         viewBox=\"0 0 {w:.0} {h:.0}\">\n<style>\n{STYLE}</style>\n",
        w = layout.width,
        h = layout.height
    );
    for (place, line) in lines.iter().enumerate() {
        wire(&mut svg, line, sizes[line.from].width, (&layout, place));
    }
    for (card, (size, corner)) in cards.iter().zip(sizes.iter().zip(&layout.corners)) {
        card.draw(&mut svg, size, *corner);
    }
    svg + "</svg>\n"
}

/// A box with its rows.
struct Card<'a> {
    shape: &'a Shape<'a>,
    /// Wired inputs, from the top.
    inputs: Vec<&'a str>,
    /// Wired outputs, from the top.
    outputs: Vec<&'a str>,
}

fn cards<'a>(drawing: &'a Drawing<'a>) -> Vec<Card<'a>> {
    let mut cards: Vec<Card<'_>> = drawing
        .boxes
        .iter()
        .map(|shape| Card {
            shape,
            inputs: Vec::new(),
            outputs: Vec::new(),
        })
        .collect();
    for wire in &drawing.wires {
        let outputs = &mut cards[wire.from].outputs;
        if !outputs.contains(&wire.output) {
            outputs.push(wire.output);
        }
        let inputs = &mut cards[wire.to].inputs;
        if !inputs.contains(&wire.input) {
            inputs.push(wire.input);
        }
    }
    cards
}

fn position(ports: &[&str], port: &str) -> usize {
    ports.iter().position(|it| *it == port).unwrap_or(0)
}

impl Card<'_> {
    fn head(&self) -> f64 {
        if self.shape.kind.is_empty() {
            HEAD
        } else {
            HEAD + KIND
        }
    }

    /// The middle of a row below the top of the box.
    fn row_y(&self, row: usize) -> f64 {
        if self.rows() == 0 {
            return (self.head() + FOOT) / 2.0;
        }
        ROW.mul_add(row as f64 + 0.5, self.head())
    }

    /// The first row that is free for a literal: ports without a name leave room beside them.
    fn first_value(&self) -> usize {
        let named = |ports: &[&str]| {
            let last = ports.iter().rposition(|port| !port.is_empty());
            last.map_or(0, |last| last + 1)
        };
        named(&self.inputs).max(named(&self.outputs))
    }

    fn rows(&self) -> usize {
        let ports = self.inputs.len().max(self.outputs.len());
        let rows = ports.max(self.first_value() + self.shape.values.len());
        // A single port without a name stands beside the head.
        if rows == 1 && self.first_value() == 0 && self.shape.values.is_empty() {
            0
        } else {
            rows
        }
    }

    fn size(&self) -> Size {
        let count = |text: &str| text.chars().count();
        let ports = (0..self.inputs.len().max(self.outputs.len())).map(|row| {
            let [input, output] = [&self.inputs, &self.outputs].map(|ports| ports.get(row));
            count(input.unwrap_or(&"")) + count(output.unwrap_or(&"")) + 2
        });
        let values = self.shape.values.iter();
        let values = values.map(|(input, value)| count(input) + count(value) + 1);
        let head = [count(self.shape.name), count(self.shape.kind)];
        let widest = ports.chain(values).chain(head).max().unwrap_or(0);
        Size {
            width: (widest as f64).mul_add(CHARACTER, 2.0 * PADDING).max(80.0),
            height: ROW.mul_add(self.rows() as f64, self.head()) + FOOT,
        }
    }

    fn draw(&self, svg: &mut String, size: &Size, (x, y): (f64, f64)) {
        let class = match self.shape.role {
            Role::Node => "node",
            Role::Input => "input",
            Role::Output => "output",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"6\"/>",
            size.width, size.height
        );
        let left = x + PADDING;
        text(svg, (left, y + 17.0), "name", self.shape.name);
        text(svg, (left, y + 32.0), "kind", self.shape.kind);
        for (row, input) in self.inputs.iter().enumerate() {
            self.port(svg, (x, y + self.row_y(row)), (left, "start"), input);
        }
        let right = x + size.width;
        for (row, output) in self.outputs.iter().enumerate() {
            self.port(
                svg,
                (right, y + self.row_y(row)),
                (right - PADDING, "end"),
                output,
            );
        }
        let first = self.first_value();
        for (row, (input, value)) in (first..).zip(&self.shape.values) {
            let baseline = y + self.row_y(row) + 4.0;
            text(svg, (left, baseline), "kind", input);
            let gap = if input.is_empty() {
                0
            } else {
                input.chars().count() + 1
            };
            let value_x = (gap as f64).mul_add(CHARACTER, left);
            text(svg, (value_x, baseline), "value", value);
        }
    }

    fn port(
        &self,
        svg: &mut String,
        (x, y): (f64, f64),
        (text_x, anchor): (f64, &str),
        name: &str,
    ) {
        let _ = writeln!(
            svg,
            "<circle class=\"port\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"
        );
        if !name.is_empty() {
            let _ = writeln!(
                svg,
                "<text x=\"{text_x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                y + 4.0,
                escaped(name)
            );
        }
    }
}

fn text(svg: &mut String, (x, y): (f64, f64), class: &str, content: &str) {
    if !content.is_empty() {
        let content = escaped(content);
        let _ = writeln!(
            svg,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{content}</text>"
        );
    }
}

/// A wire as curves between columns and straight lines across them.
fn wire(svg: &mut String, line: &Line, width: f64, (layout, place): (&Layout, usize)) {
    let (from, to) = (layout.corners[line.from], layout.corners[line.to]);
    let (mut x, mut y) = (from.0 + width, from.1 + line.from_y);
    let mut path = format!("M{x:.1} {y:.1}");
    if layout.rights[line.from] > x {
        x = layout.rights[line.from];
        let _ = write!(path, " H{x:.1}");
    }
    let end = (to.0, to.0, to.1 + line.to_y);
    for (left, right, height) in layout.stretches[place].iter().copied().chain([end]) {
        // A wire that runs back, as in a circle, still leaves to the right and comes in from the left.
        let reach = ((left - x) / 2.0).max(30.0);
        let _ = write!(
            path,
            " C{:.1} {y:.1} {:.1} {height:.1} {left:.1} {height:.1}",
            x + reach,
            left - reach
        );
        if right > left {
            let _ = write!(path, " H{right:.1}");
        }
        (x, y) = (right, height);
    }
    let _ = writeln!(svg, "<path class=\"wire\" d=\"{path}\"/>");
}

/// As XML; characters that XML has no way to write are shown as unknown.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}
