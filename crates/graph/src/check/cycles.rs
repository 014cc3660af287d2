//! Reports nodes that wait for each other, naming the whole circle.

use std::sync::Arc;

use miette::LabeledSpan;
use weft_spec::{Origin, Source, Span};

use super::{
    cells::Expanded,
    circles::circles,
    link::{Linked, Links},
};
use crate::{
    document::{Value, ValueKind},
    problem::{Report, shape::Cycle},
};

/// More names or labels than these no longer help.
const MOST_SHOWN: usize = 12;

/// Reports every circle, with each of its wires underlined.
pub(super) fn report(expanded: &Expanded<'_>, links: &Links, report: &mut Report) {
    for circle in circles(&links.shape) {
        let mut path = circle.path;
        // The first member was the one taken from last; read the circle the way values flow.
        path.reverse();
        let wires = wires(expanded, links, &path);
        let Some((first, _)) = wires.first() else {
            continue;
        };
        let source = Arc::clone(&first.source);
        let mistake = Cycle {
            path: names(expanded, &path),
            wires: labels(&wires, &source),
            help: help(&wires, &source),
        };
        report.add(&source, mistake);
    }
}

fn names(expanded: &Expanded<'_>, path: &[usize]) -> String {
    let mut names: Vec<String> = path.iter().map(|cell| expanded.name_of(*cell)).collect();
    names.dedup();
    if names.len() > 1 && names.first() == names.last() {
        names.pop();
    }
    let count = names.len();
    let mut shown: Vec<String> = names
        .iter()
        .take(MOST_SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    if count > MOST_SHOWN {
        shown.push(format!("({} more)", count - MOST_SHOWN));
    }
    shown.extend(names.first().map(|name| format!("`{name}`")));
    shown.join(" → ")
}

/// Where each wire of the circle is written, with the name of the cell it comes from.
fn wires(expanded: &Expanded<'_>, links: &Links, path: &[usize]) -> Vec<(Origin, String)> {
    let takers = path.iter().skip(1).chain(path.first());
    let wires = path.iter().zip(takers).filter_map(|(giver, taker)| {
        let mut values = expanded.values_of(*taker).zip(&links.values[*taker]);
        let span = values.find_map(|(value, linked)| span_of(value, linked, *giver))?;
        let frame = &expanded.frames[expanded.writing_frame(*taker)];
        let origin = Origin {
            source: Arc::clone(&frame.document.source),
            span,
        };
        Some((origin, expanded.name_of(*taker)))
    });
    wires.collect()
}

fn span_of(value: &Value, linked: &Linked, giver: usize) -> Option<Span> {
    match (linked, &value.kind) {
        (Linked::From { cell, .. }, _) if *cell == giver => Some(value.span.clone()),
        (Linked::List(linked), ValueKind::List(items)) => items
            .iter()
            .zip(linked)
            .find_map(|(item, linked)| span_of(item, linked, giver)),
        (Linked::Call(linked), ValueKind::Call { arguments, .. }) => arguments
            .iter()
            .zip(linked)
            .find_map(|((_, argument), linked)| span_of(argument, linked, giver)),
        _ => None,
    }
}

fn labels(wires: &[(Origin, String)], source: &Arc<Source>) -> Vec<LabeledSpan> {
    wires
        .iter()
        .filter(|(origin, _)| Arc::ptr_eq(&origin.source, source))
        .take(MOST_SHOWN)
        .map(|(origin, taker)| {
            let label = Some(format!("`{taker}` waits for this"));
            LabeledSpan::new_with_span(label, origin.span.clone())
        })
        .collect()
}

fn help(wires: &[(Origin, String)], source: &Arc<Source>) -> String {
    let elsewhere = wires
        .iter()
        .filter(|(origin, _)| !Arc::ptr_eq(&origin.source, source))
        .take(MOST_SHOWN)
        .map(|(origin, _)| format!("\nit also goes through {origin}"));
    "cut one of these wires".to_owned() + &elsewhere.collect::<String>()
}
