//! Gives every cell its type and its arguments, each after those it takes from.

use std::sync::Arc;

use petgraph::{graph::NodeIndex, visit::DfsPostOrder};
use weft_spec::{Form, NodeSpec, Origin, PortSpec, Registry};

use super::{
    declared::Declared,
    expand::{Expanded, What},
    fit::{Fitter, Flow, Want},
    link::{Linked, Links},
    literals::{Slot, canonical_in},
};
use crate::{
    Argument, Document, InputValue,
    document::{NodeDecl, Value},
    problem::{Report, packs::BadKindDefault, types::OutputNotWired, values::MissingNodeInput},
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

struct Typing<'t, 'x, 'a> {
    setting: Setting<'x, 'a>,
    fitter: Fitter<'t, 'x, 'a>,
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
            origin: self.fitter.origin(at),
        })
    }

    /// An input of the graph itself.
    fn input(&self, place: usize) -> Option<Flow> {
        let input = self.setting.inputs[place].as_ref()?;
        let argument = input.literal.as_ref().map(|literal| Argument::Literal {
            literal: literal.clone(),
            origin: input.origin.clone(),
        });
        Some(Flow {
            argument,
            ty: input.ty.clone(),
            written_at: Some(input.origin.clone()),
        })
    }

    /// An input of a subgraph.
    fn port(
        &mut self,
        cell: usize,
        place: usize,
        node: &NodeDecl,
        written: Option<(&Value, &Linked)>,
    ) -> Option<Flow> {
        let inner = self.setting.expanded.frame_of(cell);
        let declared = self.setting.declared[inner.place][place].as_ref()?;
        let decl = &inner.document.inputs[place];
        if let Some((value, linked)) = written {
            let want = Want {
                ty: &declared.ty,
                slot: Slot {
                    name: &decl.name.text,
                    form: &declared.form,
                    range: declared.range,
                    folder: &self.fitter.document.source.folder,
                    written_at: None,
                },
            };
            let fitted = self.fitter.fit(value, linked, want);
            let ty = &declared.ty;
            return Some(Flow {
                written_at: fitted.argument.as_ref().map(|it| it.origin().clone()),
                argument: fitted.argument,
                ty: if fitted.is_mapped {
                    ty.list()
                } else {
                    ty.clone()
                },
            });
        }
        let origin = Origin {
            source: Arc::clone(&inner.document.source),
            span: decl.name.span.clone(),
        };
        if decl.default.is_none() {
            let (ty, input) = (&declared.ty, &decl.name.text);
            self.fitter.add(MissingNodeInput {
                node: node.name.text.clone(),
                input: input.clone(),
                at: node.kind.span.clone(),
                help: format!("the subgraph declares `{input}` as {ty} without a default"),
            });
        }
        let default = declared.default.as_ref();
        Some(Flow {
            argument: default.map(|literal| Argument::Literal {
                literal: literal.clone(),
                origin: origin.clone(),
            }),
            ty: declared.ty.clone(),
            written_at: Some(origin),
        })
    }

    fn output(&mut self, value: &Value, linked: &Linked) -> Option<Flow> {
        match linked {
            Linked::From { cell, output } => self.fitter.flow(*cell, *output, &value.span),
            Linked::List(items) => {
                let first = items
                    .iter()
                    .zip(value.items())
                    .find_map(|(linked, value)| {
                        let Linked::From { cell, output } = linked else {
                            return None;
                        };
                        self.fitter.flow(*cell, *output, &value.span)
                    })?;
                let element = first.ty.element().unwrap_or(first.ty);
                let form = self.setting.registry.form(&element).cloned();
                let form = Form::List(Box::new(form.unwrap_or(Form::Wired)));
                let ty = element.list();
                let want = Want {
                    ty: &ty,
                    slot: Slot {
                        name: "outputs",
                        form: &form,
                        range: None,
                        folder: &self.fitter.document.source.folder,
                        written_at: None,
                    },
                };
                let fitted = self.fitter.fit(value, linked, want);
                Some(Flow {
                    argument: fitted.argument,
                    ty,
                    written_at: None,
                })
            }
            Linked::Broken => None,
            Linked::Literal => {
                let at = value.span.clone();
                self.fitter.add(OutputNotWired { at });
                None
            }
        }
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
