//! Document to Graph: names to nodes, files of subgraphs to their places, values to types.
//!
//! Everything lives in one flat list of cells: nodes, and relays that hand a value in or out of a (sub)graph.
//! No step recurses over nodes or over subgraphs.

mod call;
mod cells;
mod circles;
mod cycles;
mod declared;
mod expand;
mod finish;
mod fit;
mod given;
mod library;
mod link;
mod literals;
mod misfit;
mod relation;
mod relays;
mod requires;
mod retarget;
mod types;
mod unused;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use weft_spec::{Registry, Source};

use crate::{Document, Files, Given, Graph, Problems, document, problem::Report};

/// What a graph is checked against.
#[derive(Clone, Copy)]
struct Against<'a> {
    registry: &'a Registry,
    given: &'a Given,
    files: &'a dyn Files,
    /// Whether an input without a value is a mistake.
    needs_values: bool,
}

/// Checks a document against the packs that are here and the values that are given.
///
/// # Errors
/// Everything wrong with the graph, its subgraphs and the given values, in one report.
pub fn check(
    document: &Document,
    registry: &Registry,
    given: &Given,
    files: &dyn Files,
) -> Result<Graph, Problems> {
    let against = Against {
        registry,
        given,
        files,
        needs_values: true,
    };
    checked(document, against, Report::default())
}

/// Checks a document as it stands, with no values for its inputs, and returns its warnings.
///
/// # Errors
/// Everything wrong with the graph and its subgraphs, in one report.
pub fn check_without_values(
    document: &Document,
    registry: &Registry,
    files: &dyn Files,
) -> Result<Vec<crate::Problem>, Problems> {
    let against = Against {
        registry,
        given: &Given::none(),
        files,
        needs_values: false,
    };
    let mut report = Report::default();
    flattened(document, against, &mut report);
    report.finish()
}

/// Reads and checks at once, so that the mistakes of both are in one report.
///
/// # Errors
/// Everything wrong with the text, the graph, its subgraphs and the given values.
pub fn load(
    source: Arc<Source>,
    registry: &Registry,
    given: &Given,
    files: &dyn Files,
) -> Result<Graph, Problems> {
    let mut report = Report::default();
    let Some(document) = document::read_into(&source, &mut report) else {
        // A text that gives no document has said why in the report.
        report.finish()?;
        return check(&document::Document::empty(source), registry, given, files);
    };
    let against = Against {
        registry,
        given,
        files,
        needs_values: true,
    };
    checked(&document, against, report)
}

fn checked(
    document: &Document,
    against: Against<'_>,
    mut report: Report,
) -> Result<Graph, Problems> {
    let mut graph = flattened(document, against, &mut report);
    graph.warnings = report.finish()?.into();
    Ok(graph)
}

/// The graph, complete if nothing was reported.
fn flattened(document: &Document, against: Against<'_>, report: &mut Report) -> Graph {
    report.meet(&document.source);
    let library = library::Library::load(document, against.files, report);
    requires::check(&library, against.registry, report);
    let declared = declared::declared(&library, against.registry, report);
    let inputs = given::inputs(document, &declared[0], against, report);
    let expanded = expand::expand(&library, against.registry, report);
    let links = link::link(&expanded, report);
    cycles::report(&expanded, &links, report);
    unused::report(&expanded, &links, report);
    let typed = types::typed(
        types::Setting {
            expanded: &expanded,
            links: &links,
            declared: &declared,
            registry: against.registry,
            inputs: &inputs,
        },
        report,
    );
    finish::graph(&expanded, typed, inputs, library.sources())
}
