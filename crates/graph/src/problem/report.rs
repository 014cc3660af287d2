//! Gathers the problems of a graph and its subgraphs, each once, in the order of the texts.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use miette::{Diagnostic, Severity};
use weft_spec::{Origin, Source};

use super::{Mistake, Problem, Problems, Suggest};

/// Gathers problems.
#[derive(Default)]
pub(crate) struct Report {
    problems: Vec<Problem>,
    /// A subgraph that is used twice has its mistakes reported once.
    seen: HashSet<(usize, usize, String)>,
    /// Texts in the order in which they were first looked at.
    sources: HashMap<usize, usize>,
    /// The node that uses the text being looked at, if that is a subgraph's.
    used_by: Option<Arc<UsedBy>>,
    /// What it costs to look for similar names is bounded over the whole report.
    pub(crate) suggest: Suggest,
}

/// The node that put a subgraph in its place.
#[derive(Debug)]
pub(crate) struct UsedBy {
    /// Its full name.
    pub(crate) node: String,
    pub(crate) origin: Origin,
}

impl Report {
    pub(crate) fn add(
        &mut self,
        source: &Arc<Source>,
        mistake: impl Diagnostic + Send + Sync + 'static,
    ) {
        self.add_boxed(source, Box::new(mistake));
    }

    pub(crate) fn add_boxed(&mut self, source: &Arc<Source>, mistake: Mistake) {
        let mut problem = Problem::new(source, mistake);
        let start = problem.first_span().start;
        if self
            .seen
            .insert((address(source), start, problem.to_string()))
        {
            self.meet(source);
            problem.used_by = self.used_by.as_ref().map(|used_by| {
                format!(
                    "this file is used by node `{}` at {}",
                    used_by.node, used_by.origin
                )
            });
            self.problems.push(problem);
        }
    }

    /// Says who uses the text whose problems come next.
    pub(crate) fn enter(&mut self, used_by: Option<Arc<UsedBy>>) {
        self.used_by = used_by;
    }

    /// Notes that this text comes before all texts not yet met.
    pub(crate) fn meet(&mut self, source: &Arc<Source>) {
        let next = self.sources.len();
        self.sources.entry(address(source)).or_insert(next);
    }

    /// The errors, or else the warnings.
    pub(crate) fn finish(mut self) -> Result<Vec<Problem>, Problems> {
        let sources = self.sources;
        self.problems.sort_by_key(|problem| {
            let place = sources.get(&address(&problem.text.0)).copied();
            (place, problem.first_span().start)
        });
        let (errors, warnings): (Vec<_>, Vec<_>) = self.problems.into_iter().partition(is_error);
        Problems::of(errors).map_or(Ok(warnings), Err)
    }
}

fn is_error(problem: &Problem) -> bool {
    matches!(problem.mistake.severity(), None | Some(Severity::Error))
}

fn address(source: &Arc<Source>) -> usize {
    Arc::as_ptr(source).addr()
}
