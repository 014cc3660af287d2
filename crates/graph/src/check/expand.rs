//! Puts every subgraph in its place: one flat list of cells for the whole graph.

use std::sync::Arc;

use weft_spec::{Origin, Registry};

use super::{
    cells::{Cell, Expanded, Frame, Target, What},
    library::Library,
};
use crate::{
    Document,
    document::{InputDecl, NodeDecl, SUBGRAPH_FILE},
    problem::{
        Report, UsedBy, listed,
        names::{AmbiguousKind, UnknownInput, UnknownKind},
        subgraphs::{ReservedInput, TooLarge},
    },
};

/// The cells that subgraphs bring, or the list items that they splice, may be this many; it bounds subgraphs that
/// double at each level.
pub(super) const LIMIT: usize = 100_000;

/// Expands the graph and all its subgraphs.
pub(super) fn expand<'a>(
    library: &'a Library<'a>,
    registry: &'a Registry,
    report: &mut Report,
) -> Expanded<'a> {
    let mut expanding = Expanding {
        library,
        registry,
        expanded: Expanded {
            frames: Vec::new(),
            cells: Vec::new(),
        },
        size: 0,
        // A frame, and the next of its nodes.
        stack: Vec::new(),
    };
    expanding.enter_top();
    while let Some((frame, node)) = expanding.stack.last_mut() {
        let (frame, node) = (*frame, std::mem::replace(node, *node + 1));
        report.enter(expanding.expanded.frames[frame].used_by.clone());
        if !expanding.step(frame, node, report) {
            break;
        }
    }
    report.enter(None);
    expanding.expanded
}

struct Expanding<'a> {
    library: &'a Library<'a>,
    registry: &'a Registry,
    expanded: Expanded<'a>,
    size: usize,
    stack: Vec<(usize, usize)>,
}

impl<'a> Expanding<'a> {
    fn cell(&mut self, frame: usize, what: What<'a>) -> usize {
        self.size += usize::from(frame > 0);
        self.expanded.cells.push(Cell { frame, what });
        self.expanded.cells.len() - 1
    }

    fn frame(&mut self, place: usize, prefix: String, used_by: Option<Arc<UsedBy>>) -> usize {
        let document = self.library.document(place);
        self.size += prefix.len() / 32;
        self.expanded.frames.push(Frame {
            place,
            document,
            prefix,
            targets: Vec::with_capacity(document.nodes.len()),
            inputs: Vec::new(),
            outputs: Vec::new(),
            used_by,
        });
        self.expanded.frames.len() - 1
    }

    fn enter_top(&mut self) {
        let frame = self.frame(0, String::new(), None);
        for place in 0..self.library.document(0).inputs.len() {
            let cell = self.cell(frame, What::Input(place));
            self.expanded.frames[frame].inputs.push(cell);
        }
        self.stack.push((frame, 0));
    }

    /// Takes the next node of a frame, or ends the frame. Says whether to go on.
    fn step(&mut self, frame: usize, node: usize, report: &mut Report) -> bool {
        let document = self.expanded.frames[frame].document;
        let Some(decl) = document.nodes.get(node) else {
            for output in &document.outputs {
                let cell = self.cell(frame, What::Output(output));
                self.expanded.frames[frame].outputs.push(cell);
            }
            self.stack.pop();
            return true;
        };
        let target = if decl.is_subgraph() {
            self.subgraph(frame, node, decl, report)
        } else {
            self.node(frame, decl, report)
        };
        self.expanded.frames[frame].targets.push(target);
        let is_small = self.size <= LIMIT;
        if !is_small {
            let at = decl.name.span.clone();
            report.add(&document.source, TooLarge { limit: LIMIT, at });
        }
        is_small
    }

    fn node(&mut self, frame: usize, decl: &'a NodeDecl, report: &mut Report) -> Target {
        let kind = &decl.kind;
        let source = &self.expanded.frames[frame].document.source;
        match self.registry.named(&kind.text).as_slice() {
            [] => {
                let help = self.nearest_kind(&kind.text, report);
                let mistake = UnknownKind {
                    kind: kind.text.clone(),
                    at: kind.span.clone(),
                    help,
                };
                report.add(source, mistake);
                Target::Broken
            }
            [spec] => Target::Cell(self.cell(frame, What::Node { decl, spec })),
            several => {
                let mistake = AmbiguousKind {
                    kind: kind.text.clone(),
                    ids: listed(several.iter().map(|spec| spec.id.as_str())),
                    example: several[0].id.clone(),
                    at: kind.span.clone(),
                };
                report.add(source, mistake);
                Target::Broken
            }
        }
    }

    fn nearest_kind(&self, kind: &str, report: &mut Report) -> Option<String> {
        if let Some((pack, _)) = kind.rsplit_once('.')
            && self.registry.pack_version(pack).is_none()
        {
            return Some(format!("the pack `{pack}` is not here"));
        }
        let kinds = self
            .registry
            .nodes()
            .flat_map(|spec| [spec.kind(), &spec.id]);
        let nearest = report.suggest.nearest(kind, kinds);
        Some(match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "`weft nodes` lists the kinds that are here".to_owned(),
        })
    }

    fn subgraph(
        &mut self,
        outer: usize,
        node: usize,
        decl: &'a NodeDecl,
        report: &mut Report,
    ) -> Target {
        let outer_frame = &self.expanded.frames[outer];
        let Some(place) = self.library.used(outer_frame.place, node) else {
            return Target::Broken;
        };
        let name = format!("{}{}", outer_frame.prefix, decl.name.text);
        let source = &outer_frame.document.source;
        let inner = self.library.document(place);
        check_values(outer_frame.document, decl, inner, report);
        let used_by = Arc::new(UsedBy {
            node: name.clone(),
            origin: Origin {
                source: Arc::clone(source),
                span: decl.name.span.clone(),
            },
        });
        let frame = self.frame(place, name + "/", Some(used_by));
        for (place, InputDecl { name, .. }) in inner.inputs.iter().enumerate() {
            let what = What::Port {
                place,
                value: decl.value(&name.text),
                node: decl,
                outer,
            };
            let cell = self.cell(frame, what);
            self.expanded.frames[frame].inputs.push(cell);
        }
        self.stack.push((frame, 0));
        Target::Frame(frame)
    }
}

/// Reports values for inputs that the subgraph does not have.
fn check_values(outer: &Document, decl: &NodeDecl, inner: &Document, report: &mut Report) {
    if inner.input_place(SUBGRAPH_FILE).is_some() {
        report.add(
            &outer.source,
            ReservedInput {
                path: inner.source.name.clone(),
                at: decl.kind.span.clone(),
            },
        );
    }
    for (name, _) in &decl.values {
        if name.text == SUBGRAPH_FILE || inner.input_place(&name.text).is_some() {
            continue;
        }
        let names: Vec<&str> = inner.inputs().map(|(name, _)| name).collect();
        let help = report.suggest.help(&name.text, "its inputs are", &names);
        report.add(
            &outer.source,
            UnknownInput {
                kind: inner.source.name.clone(),
                name: name.text.clone(),
                at: name.span.clone(),
                kind_at: decl.kind.span.clone(),
                help,
            },
        );
    }
}
