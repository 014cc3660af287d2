//! Leads every wire and every graph input to the cell that it names.

use petgraph::graph::{DiGraph, NodeIndex};

use super::cells::{Expanded, Frame, Target, What};
use crate::{
    document::{Value, ValueKind},
    problem::{
        Report,
        names::{NoOutput, UnknownGraphInput, UnknownInput, UnknownNode, UnknownOutput},
        values::UnknownValue,
    },
};

/// What the written values refer to.
pub(super) struct Links {
    /// For each cell, what each of its values refers to.
    pub(super) values: Vec<Vec<Linked>>,
    /// From each cell to those it takes from.
    pub(super) shape: DiGraph<(), ()>,
}

/// What a written value refers to.
pub(super) enum Linked {
    Literal,
    From {
        cell: usize,
        output: usize,
    },
    /// A list with a reference in it.
    List(Vec<Linked>),
    /// A call, with what each of its arguments refers to.
    Call(Vec<Linked>),
    /// Its mistake is reported.
    Broken,
}

/// Links all values of all cells.
pub(super) fn link(expanded: &Expanded<'_>, report: &mut Report) -> Links {
    let count = expanded.cells.len();
    let mut links = Links {
        values: Vec::with_capacity(count),
        shape: DiGraph::with_capacity(count, count),
    };
    for _ in 0..count {
        links.shape.add_node(());
    }
    for cell in 0..count {
        let frame = &expanded.frames[expanded.writing_frame(cell)];
        report.enter(frame.used_by.clone());
        unknown_inputs(expanded, cell, report);
        let mut linker = Linker {
            expanded,
            frame,
            report,
        };
        let values: Vec<Linked> = expanded
            .values_of(cell)
            .map(|value| linker.link(value))
            .collect();
        for value in &values {
            value.for_each_cell(&mut |giver| {
                let (from, to) = (NodeIndex::new(cell), NodeIndex::new(giver));
                links.shape.add_edge(from, to, ());
            });
        }
        links.values.push(values);
    }
    report.enter(None);
    links
}

impl Linked {
    pub(super) fn for_each_cell(&self, visit: &mut impl FnMut(usize)) {
        match self {
            Self::From { cell, .. } => visit(*cell),
            Self::List(items) | Self::Call(items) => {
                for item in items {
                    item.for_each_cell(visit);
                }
            }
            Self::Literal | Self::Broken => {}
        }
    }
}

fn unknown_inputs(expanded: &Expanded<'_>, cell: usize, report: &mut Report) {
    let What::Node { decl, spec } = &expanded.cells[cell].what else {
        return;
    };
    for (name, _) in &decl.values {
        if spec.input(&name.text).is_some() {
            continue;
        }
        let names: Vec<&str> = spec.inputs.iter().map(|port| port.name.as_str()).collect();
        let help = report
            .suggest
            .help(&name.text, "its inputs are", &names)
            .or_else(|| Some("it has no inputs".to_owned()));
        report.add(
            &expanded.frame_of(cell).document.source,
            UnknownInput {
                kind: spec.kind().to_owned(),
                name: name.text.clone(),
                at: name.span.clone(),
                kind_at: decl.kind.span.clone(),
                help,
            },
        );
    }
}

struct Linker<'x, 'a> {
    expanded: &'x Expanded<'a>,
    /// The frame in which the value is written.
    frame: &'x Frame<'a>,
    report: &'x mut Report,
}

/// The outputs of a node.
struct Outputs<'a> {
    /// The cell, and its output, that was looked for.
    found: Option<(usize, usize)>,
    names: Vec<&'a str>,
    /// What to do if there are none.
    help: &'static str,
}

impl<'a> Linker<'_, 'a> {
    fn link(&mut self, value: &Value) -> Linked {
        match &value.kind {
            ValueKind::Wire { node, output } => self.wire(value, node, output.as_deref()),
            ValueKind::Input(name) => self.input(value, name),
            ValueKind::List(items) if value.is_made() => {
                Linked::List(items.iter().map(|item| self.link(item)).collect())
            }
            ValueKind::Call { arguments, .. } => {
                let arguments = arguments.iter();
                Linked::Call(arguments.map(|(_, value)| self.link(value)).collect())
            }
            ValueKind::Tuple(_) if value.is_made() => {
                let mistake = UnknownValue {
                    written: "(…)".to_owned(),
                    at: value.span.clone(),
                };
                self.report.add(&self.frame.document.source, mistake);
                Linked::Broken
            }
            ValueKind::Broken => Linked::Broken,
            _ => Linked::Literal,
        }
    }

    fn input(&mut self, value: &Value, name: &str) -> Linked {
        let document = self.frame.document;
        if let Some(place) = document.input_place(name) {
            let cell = self.frame.inputs[place];
            return Linked::From { cell, output: 0 };
        }
        let names: Vec<&str> = document.inputs().map(|(name, _)| name).collect();
        let help = self
            .report
            .suggest
            .help(name, "its inputs are", &names)
            .or_else(|| {
                Some(format!(
                    "declare it: `inputs: {{ \"{name}\": Number(default: 1.0) }}`"
                ))
            });
        let mistake = UnknownGraphInput {
            name: name.to_owned(),
            at: value.span.clone(),
            help,
        };
        self.report.add(&document.source, mistake);
        Linked::Broken
    }

    fn wire(&mut self, value: &Value, node: &str, output: Option<&str>) -> Linked {
        let Some(place) = self.frame.document.place_of(node) else {
            self.unknown_node(value, node);
            return Linked::Broken;
        };
        let Some(outputs) = self.outputs(place, output) else {
            return Linked::Broken;
        };
        if let Some((cell, output)) = outputs.found {
            return Linked::From { cell, output };
        }
        let node_at = self.frame.document.nodes[place].name.span.clone();
        let (node, at) = (node.to_owned(), value.span.clone());
        let source = &self.frame.document.source;
        match output {
            Some(output) if !outputs.names.is_empty() => {
                let suggest = &mut self.report.suggest;
                let mistake = UnknownOutput {
                    node,
                    name: output.to_owned(),
                    at,
                    node_at,
                    help: suggest.help(output, "its outputs are", &outputs.names),
                };
                self.report.add(source, mistake);
            }
            _ => {
                let mistake = NoOutput {
                    node,
                    at,
                    node_at,
                    help: outputs.help,
                };
                self.report.add(source, mistake);
            }
        }
        Linked::Broken
    }

    /// Looks for an output of the node at `place`, or for its first; `None` if the node is in error itself.
    fn outputs(&self, place: usize, output: Option<&str>) -> Option<Outputs<'a>> {
        match self.frame.targets.get(place)? {
            Target::Broken => None,
            Target::Cell(cell) => {
                let What::Node { spec, .. } = &self.expanded.cells[*cell].what else {
                    return None;
                };
                let names = spec.outputs.iter().map(|output| output.name.as_str());
                Some(Outputs {
                    found: spec.output(output).map(|(output, _)| (*cell, output)),
                    names: names.collect(),
                    help: "it is an end of the graph",
                })
            }
            Target::Frame(inner) => {
                let inner = &self.expanded.frames[*inner];
                let names = inner.document.outputs.iter();
                let names: Vec<&str> = names.map(|output| output.name.text.as_str()).collect();
                let at = output.map_or(Some(0), |output| names.iter().position(|it| *it == output));
                Some(Outputs {
                    found: at.and_then(|at| Some((*inner.outputs.get(at)?, 0))),
                    names,
                    help: "write `outputs: { \"image\": Wire(\"node\") }` in its file",
                })
            }
        }
    }

    fn unknown_node(&mut self, value: &Value, node: &str) {
        let document = self.frame.document;
        let help = if document.input_place(node).is_some() {
            Some(format!("`{node}` is an input: write `Input(\"{node}\")`"))
        } else {
            let names = document.nodes().map(|(name, _)| name);
            let nearest = self.report.suggest.nearest(node, names);
            nearest.map(|nearest| format!("did you mean `{nearest}`?"))
        };
        let mistake = UnknownNode {
            name: node.to_owned(),
            at: value.span.clone(),
            help,
        };
        self.report.add(&document.source, mistake);
    }
}
