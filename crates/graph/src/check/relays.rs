//! What the inputs and outputs of graphs and subgraphs hand on.

use std::sync::Arc;

use weft_spec::{Form, Origin};

use super::{
    declared::Declared,
    fit::{Flow, Want},
    link::Linked,
    literals::Slot,
    types::Typing,
};
use crate::{
    Argument, Document,
    document::{InputDecl, NodeDecl, Value},
    problem::{types::OutputNotWired, values::MissingNodeInput},
};

impl Typing<'_, '_, '_> {
    /// An input of the graph itself.
    pub(super) fn input(&self, place: usize) -> Option<Flow> {
        let input = self.setting.inputs[place].as_ref()?;
        let argument = input.literal.as_ref().map(|literal| Argument::Literal {
            literal: literal.clone(),
            input: Some(place),
            origin: input.origin.clone(),
        });
        Some(Flow {
            argument,
            ty: input.ty.clone(),
            written_at: Some(input.origin.clone()),
        })
    }

    /// An input of a subgraph.
    pub(super) fn port(
        &mut self,
        cell: usize,
        place: usize,
        node: &NodeDecl,
        written: Option<(&Value, &Linked)>,
    ) -> Option<Flow> {
        let inner = self.setting.expanded.frame_of(cell);
        let declared = self.setting.declared[inner.place][place].as_ref()?;
        let decl = &inner.document.inputs[place];
        let Some((value, linked)) = written else {
            return Some(self.unset_port(declared, inner.document, decl, node));
        };
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
        Some(Flow {
            written_at: fitted.argument.as_ref().map(|it| it.origin().clone()),
            argument: fitted.argument,
            ty: if fitted.is_mapped {
                declared.ty.list()
            } else {
                declared.ty.clone()
            },
        })
    }

    /// An input of a subgraph that the outer node leaves out: its default.
    fn unset_port(
        &mut self,
        declared: &Declared,
        inner: &Document,
        decl: &InputDecl,
        node: &NodeDecl,
    ) -> Flow {
        let (ty, input) = (&declared.ty, &decl.name);
        if decl.default.is_none() {
            let input = &input.text;
            self.fitter.add(MissingNodeInput {
                node: node.name.text.clone(),
                input: input.clone(),
                at: node.kind.span.clone(),
                help: format!("the subgraph declares `{input}` as {ty} without a default"),
            });
        }
        let origin = Origin {
            source: Arc::clone(&inner.source),
            span: input.span.clone(),
        };
        let default = declared.default.clone();
        Flow {
            argument: default.map(|literal| Argument::Literal {
                literal,
                input: None,
                origin: origin.clone(),
            }),
            ty: ty.clone(),
            written_at: Some(origin),
        }
    }

    /// An output of a graph or subgraph.
    pub(super) fn output(&mut self, value: &Value, linked: &Linked) -> Option<Flow> {
        match linked {
            Linked::From { cell, output } => self.fitter.flow(*cell, *output, &value.span),
            Linked::List(items) => self.output_list(value, linked, items),
            Linked::Broken => None,
            Linked::Literal | Linked::Call(_) => {
                let at = value.span.clone();
                self.fitter.add(OutputNotWired { at });
                None
            }
        }
    }

    /// A list in brackets as an output: the first reference in it says of what.
    fn output_list(&mut self, value: &Value, linked: &Linked, items: &[Linked]) -> Option<Flow> {
        let mut flows = items
            .iter()
            .zip(value.items())
            .filter_map(|(linked, value)| {
                let Linked::From { cell, output } = linked else {
                    return None;
                };
                self.fitter.flow(*cell, *output, &value.span)
            });
        let first = flows.next()?.ty;
        let element = first.element().unwrap_or(first);
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
}
