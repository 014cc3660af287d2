//! Warns of inputs and nodes that nothing uses.

use petgraph::{Direction, graph::NodeIndex};
use weft_spec::Effect;

use super::{
    cells::{Expanded, What},
    link::Links,
};
use crate::problem::{
    Report,
    warnings::{UnusedInput, UnusedNode},
};

/// Warns of what nothing uses, in the graph itself.
pub(super) fn report(expanded: &Expanded<'_>, links: &Links, report: &mut Report) {
    let document = expanded.frames[0].document;
    for (place, cell) in expanded.cells.iter().enumerate() {
        let mut takers = links
            .shape
            .neighbors_directed(NodeIndex::new(place), Direction::Incoming);
        if cell.frame != 0 || takers.next().is_some() {
            continue;
        }
        match &cell.what {
            What::Input(input) => {
                let input = &document.inputs[*input];
                let mistake = UnusedInput {
                    input: input.name.text.clone(),
                    at: input.name.span.clone(),
                };
                report.add(&document.source, mistake);
            }
            What::Node { decl, spec } if spec.effect != Effect::Writes => {
                let mistake = UnusedNode {
                    node: decl.name.text.clone(),
                    at: decl.name.span.clone(),
                };
                report.add(&document.source, mistake);
            }
            _ => {}
        }
    }
}
