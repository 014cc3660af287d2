//! The graph itself and the files of all its subgraphs, each read once.

use std::{
    collections::{HashMap, HashSet},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use petgraph::graph::{DiGraph, NodeIndex};
use weft_spec::{Literal, Origin, Source};

use super::circles::circles;
use crate::{
    Document, Files,
    document::{NodeDecl, SUBGRAPH_FILE, ValueKind, read_into},
    problem::{
        Report, UsedBy,
        subgraphs::{MissingSubgraphFile, RecursiveSubgraph, UnreadableSubgraph},
    },
};

/// The graph itself, at place 0, and the files of all its subgraphs.
pub(super) struct Library<'a> {
    top: &'a Document,
    others: Vec<Document>,
    /// For each document, which of its nodes are which files. A node whose file is in error is left out.
    uses: Vec<HashMap<usize, usize>>,
    used_by: Vec<Option<Arc<UsedBy>>>,
}

impl<'a> Library<'a> {
    pub(super) fn load(top: &'a Document, files: &dyn Files, report: &mut Report) -> Self {
        let library = Self {
            top,
            others: Vec::new(),
            uses: vec![HashMap::new()],
            used_by: vec![None],
        };
        let mut loading = Loading {
            library,
            files,
            places: HashMap::from([(path_of(&top.source), Some(0))]),
        };
        let mut place = 0;
        while place < loading.library.len() {
            loading.subgraphs_of(place, report);
            place += 1;
        }
        let mut library = loading.library;
        library.cut_circles(report);
        report.enter(None);
        library
    }

    pub(super) fn len(&self) -> usize {
        1 + self.others.len()
    }

    pub(super) fn document(&self, place: usize) -> &Document {
        match place.checked_sub(1) {
            None => self.top,
            Some(place) => &self.others[place],
        }
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = (&Document, &Option<Arc<UsedBy>>)> {
        std::iter::once(self.top)
            .chain(&self.others)
            .zip(&self.used_by)
    }

    /// The document that a `Subgraph` node stands for.
    pub(super) fn used(&self, document: usize, node: usize) -> Option<usize> {
        self.uses[document].get(&node).copied()
    }

    pub(super) fn sources(&self) -> Vec<Arc<Source>> {
        self.documents()
            .map(|(document, _)| Arc::clone(&document.source))
            .collect()
    }

    /// Reports graphs that contain themselves, and forgets the uses by which they do.
    fn cut_circles(&mut self, report: &mut Report) {
        let mut shape: DiGraph<(), ()> = DiGraph::new();
        for _ in 0..self.len() {
            shape.add_node(());
        }
        for (from, uses) in self.uses.iter().enumerate() {
            let mut targets: Vec<usize> = uses.values().copied().collect();
            targets.sort_unstable();
            for to in targets {
                shape.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
            }
        }
        for circle in circles(&shape) {
            self.report_circle(&circle.path, report);
            let members: HashSet<usize> = circle.members.into_iter().collect();
            for (_, uses) in self
                .uses
                .iter_mut()
                .enumerate()
                .filter(|(place, _)| members.contains(place))
            {
                uses.retain(|_, target| !members.contains(target));
            }
        }
    }

    fn report_circle(&self, path: &[usize], report: &mut Report) {
        let (Some(&first), Some(&last)) = (path.first(), path.last()) else {
            return;
        };
        let name = |place: usize| self.document(place).source.name.as_str();
        let mut names: Vec<&str> = path.iter().map(|place| name(*place)).collect();
        names.push(name(first));
        let closing = self.uses[last]
            .iter()
            .filter(|(_, target)| **target == first)
            .map(|(node, _)| *node)
            .min();
        let document = self.document(last);
        let Some(node) = closing.and_then(|node| document.nodes.get(node)) else {
            return;
        };
        report.enter(self.used_by[last].clone());
        report.add(
            &document.source,
            RecursiveSubgraph {
                path: names.join(" → "),
                at: used_by(node, &document.source).origin.span,
            },
        );
    }
}

struct Loading<'a, 'f> {
    library: Library<'a>,
    files: &'f dyn Files,
    /// The place of each file met so far; `None` if it is in error.
    places: HashMap<PathBuf, Option<usize>>,
}

impl Loading<'_, '_> {
    fn subgraphs_of(&mut self, place: usize, report: &mut Report) {
        let document = self.library.document(place);
        let source = Arc::clone(&document.source);
        let named: Vec<(usize, Option<String>, UsedBy)> = document
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.is_subgraph())
            .map(|(at, node)| (at, file_of(node), used_by(node, &source)))
            .collect();
        for (node, file, used_by) in named {
            report.enter(self.library.used_by[place].clone());
            let Some(file) = file else {
                let at = used_by.origin.span;
                report.add(&source, MissingSubgraphFile { at });
                continue;
            };
            if let Some(target) = self.file(&file, &source, used_by, report) {
                self.library.uses[place].insert(node, target);
            }
        }
    }

    fn file(
        &mut self,
        file: &str,
        source: &Arc<Source>,
        used_by: UsedBy,
        report: &mut Report,
    ) -> Option<usize> {
        let path = without_detours(&source.folder.join(file));
        if let Some(known) = self.places.get(&path) {
            return *known;
        }
        let read = self.files.read(&path).map_err(|error| UnreadableSubgraph {
            why: error.to_string(),
            path: path.display().to_string(),
            at: used_by.origin.span.clone(),
        });
        let text = read.map_err(|mistake| report.add(source, mistake)).ok()?;
        let shown = Path::new(&source.name).with_file_name("").join(file);
        let inner = Arc::new(Source {
            name: without_detours(&shown).display().to_string(),
            folder: path.parent().map(Path::to_owned).unwrap_or_default(),
            text,
        });
        let used_by = Arc::new(used_by);
        report.enter(Some(Arc::clone(&used_by)));
        let document = read_into(&inner, report);
        let place = document.map(|document| {
            self.library.others.push(document);
            self.library.uses.push(HashMap::new());
            self.library.used_by.push(Some(used_by));
            self.library.others.len()
        });
        self.places.insert(path, place);
        place
    }
}

fn file_of(node: &NodeDecl) -> Option<String> {
    match &node.value(SUBGRAPH_FILE)?.kind {
        ValueKind::Literal(Literal::Text(file)) if !file.is_empty() => Some(file.clone()),
        _ => None,
    }
}

fn used_by(node: &NodeDecl, source: &Arc<Source>) -> UsedBy {
    let file = node.value(SUBGRAPH_FILE);
    let span = file.map_or_else(|| node.kind.span.clone(), |file| file.span.clone());
    UsedBy {
        node: node.name.text.clone(),
        origin: Origin {
            source: Arc::clone(source),
            span,
        },
    }
}

fn path_of(source: &Source) -> PathBuf {
    let file = Path::new(&source.name).file_name().unwrap_or_default();
    without_detours(&source.folder.join(file))
}

/// The path without `.` and `name/..`, so that one file has one path.
fn without_detours(path: &Path) -> PathBuf {
    let mut straight = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(
                    straight.components().next_back(),
                    Some(Component::Normal(_))
                ) =>
            {
                straight.pop();
            }
            other => straight.push(other),
        }
    }
    straight
}
