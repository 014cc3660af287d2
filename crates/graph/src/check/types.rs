//! Gives every cell its type and its arguments, each after those it takes from.

use petgraph::{graph::NodeIndex, visit::DfsPostOrder};
use weft_spec::{Form, NodeSpec, PortSpec, Registry};

use super::{
    cells::{Expanded, What},
    declared::Declared,
    fit::{Fitter, Flow, Want},
    link::{Linked, Links},
    literals::{Slot, canonical_in},
};
use crate::{
    Argument, Document, InputValue,
    document::NodeDecl,
    problem::{Report, packs::BadKindDefault, values::MissingNodeInput},
};

/// All that typing looks at.
#[derive(Clone, Copy)]
pub(super) struct Setting<'x, 'a> {
    pub(super) expanded: &'x Expanded<'a>,
    pub(super) links: &'x Links,
    /// For each document of the library, its inputs.
    pub(super) declared: &'x [Vec<Option<Declared>>],
    pub(super) registry: &'x Registry,
    /// The values of the graph's own inputs.
    pub(super) inputs: &'x [Option<InputValue>],
}

/// What every cell gives.
pub(super) struct Typed {
    /// All cells, each after those it takes from, and otherwise in order.
    pub(super) order: Vec<usize>,
    pub(super) cells: Vec<TypedCell>,
}

/// What a cell gives.
pub(super) enum TypedCell {
    /// Not known, because of a mistake that is reported.
    Unknown,
    Node {
        is_mapped: bool,
        arguments: Vec<(String, Argument)>,
    },
    Relay(Flow),
}

/// Types all cells.
pub(super) fn typed(setting: Setting<'_, '_>, report: &mut Report) -> Typed {
    let count = setting.expanded.cells.len();
    let mut typed = Typed {
        order: order(&setting.links.shape, count),
        cells: Vec::with_capacity(count),
    };
    typed.cells.resize_with(count, || TypedCell::Unknown);
    let mut spliced = 0;
    for at in 0..count {
        let cell = typed.order[at];
        let frame = &setting.expanded.frames[setting.expanded.writing_frame(cell)];
        report.enter(frame.used_by.clone());
        let mut typing = Typing {
            setting,
            fitter: Fitter {
                expanded: setting.expanded,
                registry: setting.registry,
                document: frame.document,
                cells: &typed.cells,
                spliced: &mut spliced,
                report,
            },
        };
        let found = typing.cell(cell);
        typed.cells[cell] = found.unwrap_or(TypedCell::Unknown);
    }
    report.enter(None);
    typed
}

/// Each cell after those it takes from, and otherwise in order.
fn order(shape: &petgraph::graph::DiGraph<(), ()>, count: usize) -> Vec<usize> {
    let mut order = Vec::with_capacity(count);
    let mut search = DfsPostOrder::empty(shape);
    for start in 0..count {
        search.move_to(NodeIndex::new(start));
        while let Some(cell) = search.next(shape) {
            order.push(cell.index());
        }
    }
    order
}

pub(super) struct Typing<'t, 'x, 'a> {
    pub(super) setting: Setting<'x, 'a>,
    pub(super) fitter: Fitter<'t, 'x, 'a>,
}

impl Typing<'_, '_, '_> {
    fn cell(&mut self, cell: usize) -> Option<TypedCell> {
        let linked = &self.setting.links.values[cell];
        match &self.setting.expanded.cells[cell].what {
            What::Node { decl, spec } => Some(self.node(decl, spec, linked)),
            What::Input(place) => self.input(*place).map(TypedCell::Relay),
            What::Port {
                place, value, node, ..
            } => {
                let written = value.zip(linked.first());
                self.port(cell, *place, node, written).map(TypedCell::Relay)
            }
            What::Output(decl) => self
                .output(&decl.value, linked.first()?)
                .map(TypedCell::Relay),
        }
    }

    fn node(&mut self, decl: &NodeDecl, spec: &NodeSpec, linked: &[Linked]) -> TypedCell {
        let mut is_mapped = false;
        let mut arguments = Vec::with_capacity(spec.inputs.len());
        for port in &spec.inputs {
            let written = decl
                .values
                .iter()
                .position(|(name, _)| name.text == port.name);
            let argument = match written {
                Some(at) => {
                    let want = Want {
                        ty: &port.ty,
                        slot: slot(port, self.fitter.document),
                    };
                    let fitted = self.fitter.fit(&decl.values[at].1, &linked[at], want);
                    is_mapped |= fitted.is_mapped;
                    fitted.argument
                }
                None => self.default(decl, spec, port),
            };
            arguments.extend(argument.map(|argument| (port.name.clone(), argument)));
        }
        TypedCell::Node {
            is_mapped,
            arguments,
        }
    }

    /// The value of a port that is left out.
    fn default(&mut self, decl: &NodeDecl, spec: &NodeSpec, port: &PortSpec) -> Option<Argument> {
        let at = decl.kind.span.clone();
        let Some(default) = &port.default else {
            if !port.optional {
                self.fitter.add(MissingNodeInput {
                    node: decl.name.text.clone(),
                    input: port.name.clone(),
                    at,
                    help: format!("it takes {}; {}", article(port), how_to_write(port)),
                });
            }
            return None;
        };
        let slot = slot(port, self.fitter.document);
        let canonical = port
            .form
            .read(default)
            .ok()
            .and_then(|literal| canonical_in(slot, literal, &at).ok());
        let Some(literal) = canonical else {
            self.fitter.add(BadKindDefault {
                id: spec.id.clone(),
                input: port.name.clone(),
                at,
            });
            return None;
        };
        Some(Argument::Literal {
            literal,
            input: None,
            origin: self.fitter.origin(at),
        })
    }
}

fn slot<'s>(port: &'s PortSpec, document: &'s Document) -> Slot<'s> {
    Slot {
        name: &port.name,
        form: &port.form,
        range: port.range,
        folder: &document.source.folder,
        written_at: None,
    }
}

/// What the port is, in the words of its author.
fn article(port: &PortSpec) -> String {
    match port.help.trim_end_matches('.') {
        "" => format!("a value of type {}", port.ty),
        help => format!("a value of type {} ({help})", port.ty),
    }
}

fn how_to_write(port: &PortSpec) -> String {
    match &port.form {
        Form::Wired => format!("write `{}: Wire(\"node\")`", port.name),
        Form::List(_) => format!("write `{}: […]`", port.name),
        form => format!("write {}", form.noun()),
    }
}
