//! Fits a written value into the place that wants it: conversions, lists, mapping.

use std::sync::Arc;

use miette::Diagnostic;
use weft_spec::{Form, Literal, Origin, Registry, Span, TypeName};

use super::{
    cells::{Expanded, What},
    link::Linked,
    literals::{Slot, read, read_each},
    types::TypedCell,
};
use crate::{
    Argument, Document,
    document::{Value, ValueKind},
    problem::{Mistake, Report},
};

/// What a place wants.
#[derive(Clone, Copy)]
pub(super) struct Want<'w> {
    pub(super) ty: &'w TypeName,
    pub(super) slot: Slot<'w>,
}

/// A value of a known type on its way; it has no argument where it is not known yet what it will be.
#[derive(Clone)]
pub(super) struct Flow {
    pub(super) argument: Option<Argument>,
    pub(super) ty: TypeName,
    /// Where a literal is written, if it came through an input.
    pub(super) written_at: Option<Origin>,
}

/// A value in its place.
#[derive(Default)]
pub(super) struct Fitted {
    pub(super) argument: Option<Argument>,
    pub(super) is_mapped: bool,
}

/// Fits values that are written in one document.
pub(super) struct Fitter<'t, 'x, 'a> {
    pub(super) expanded: &'x Expanded<'a>,
    pub(super) registry: &'x Registry,
    /// Where the values are written.
    pub(super) document: &'x Document,
    /// The cells typed so far.
    pub(super) cells: &'t [TypedCell],
    /// How many list items were put into other lists so far.
    pub(super) spliced: &'t mut usize,
    pub(super) report: &'t mut Report,
}

impl Fitter<'_, '_, '_> {
    pub(super) fn add(&mut self, mistake: impl Diagnostic + Send + Sync + 'static) {
        self.report.add(&self.document.source, mistake);
    }

    pub(super) fn origin(&self, span: Span) -> Origin {
        Origin {
            source: Arc::clone(&self.document.source),
            span,
        }
    }

    /// What a cell gives, taken at `span`; `None` if that is not known.
    pub(super) fn flow(&self, cell: usize, output: usize, span: &Span) -> Option<Flow> {
        let here = self.origin(span.clone());
        match (&self.cells[cell], &self.expanded.cells[cell].what) {
            (TypedCell::Node { is_mapped, .. }, What::Node { spec, .. }) => {
                let single = &spec.outputs.get(output)?.ty;
                let ty = if *is_mapped {
                    single.list()
                } else {
                    single.clone()
                };
                let argument = Argument::Wire {
                    node: cell,
                    output,
                    is_mapped: false,
                    from: ty.clone(),
                    to: ty.clone(),
                    origin: here,
                };
                Some(Flow {
                    argument: Some(argument),
                    ty,
                    written_at: None,
                })
            }
            (TypedCell::Relay(flow), _) => {
                let mut flow = flow.clone();
                if let Some(argument) = &mut flow.argument {
                    *argument.origin_mut() = here;
                }
                Some(flow)
            }
            _ => None,
        }
    }

    /// Puts a written value into its place; what is wrong with it is reported.
    pub(super) fn fit(&mut self, value: &Value, linked: &Linked, want: Want<'_>) -> Fitted {
        match linked {
            Linked::Broken => Fitted::default(),
            Linked::From { cell, output } => {
                let flow = self.flow(*cell, *output, &value.span);
                let fitted = flow.map(|flow| self.adapt(flow, want, value, *cell));
                fitted.unwrap_or_default()
            }
            Linked::List(items) => self.list(value, items, want),
            Linked::Call(arguments) => Fitted {
                argument: self.call(value, arguments, want),
                is_mapped: false,
            },
            Linked::Literal => self.literal(value, want),
        }
    }

    fn literal(&mut self, value: &Value, want: Want<'_>) -> Fitted {
        let wants_list = matches!(want.slot.form, Form::List(_));
        let origin = self.origin(value.span.clone());
        let found = match &value.kind {
            ValueKind::List(items) if !wants_list && !matches!(want.slot.form, Form::Wired) => {
                let literals = read_each(items, want.slot, &mut self.report.suggest);
                literals.map(|literals| mapped_literals(literals, &origin))
            }
            ValueKind::Literal(_) if wants_list => {
                self.list_wanted(value, want);
                return Fitted::default();
            }
            _ => {
                read(value, want.slot, &mut self.report.suggest).map(|literal| Argument::Literal {
                    literal,
                    input: None,
                    origin,
                })
            }
        };
        match found {
            Ok(argument) => Fitted {
                is_mapped: argument.is_mapped(),
                argument: Some(argument),
            },
            Err(mistakes) => {
                self.add_all(mistakes);
                Fitted::default()
            }
        }
    }

    pub(super) fn add_all(&mut self, mistakes: Vec<Mistake>) {
        for mistake in mistakes {
            self.report.add_boxed(&self.document.source, mistake);
        }
    }

    /// A list in brackets with a reference in it.
    fn list(&mut self, value: &Value, linked: &[Linked], want: Want<'_>) -> Fitted {
        let element = want.ty.element();
        let (ty, form, is_mapped) = match (&element, want.slot.form) {
            (Some(element), Form::List(form)) => (element, &**form, false),
            (Some(element), form) => (element, form, false),
            (None, form) => (want.ty, form, true),
        };
        let slot = Slot { form, ..want.slot };
        let want = Want { ty, slot };
        let mut items = Some(Vec::new());
        for (value, linked) in value.items().iter().zip(linked) {
            let more = self.item(value, linked, want);
            items = items.zip(more).map(|(mut items, more)| {
                items.extend(more);
                items
            });
        }
        let origin = self.origin(value.span.clone());
        Fitted {
            argument: items.map(|items| Argument::List {
                items,
                is_mapped,
                origin,
            }),
            is_mapped,
        }
    }

    /// One thing in brackets: an item, or a list whose items are spliced in.
    pub(super) fn item(
        &mut self,
        value: &Value,
        linked: &Linked,
        want: Want<'_>,
    ) -> Option<Vec<Argument>> {
        match linked {
            Linked::Broken => None,
            Linked::Literal => match read(value, want.slot, &mut self.report.suggest) {
                Ok(literal) => {
                    let origin = self.origin(value.span.clone());
                    Some(vec![Argument::Literal {
                        literal,
                        input: None,
                        origin,
                    }])
                }
                Err(mistakes) => {
                    self.add_all(mistakes);
                    None
                }
            },
            Linked::List(_) => {
                self.nested(value, want);
                None
            }
            Linked::Call(arguments) => self.call(value, arguments, want).map(|call| vec![call]),
            Linked::From { cell, output } => {
                let flow = self.flow(*cell, *output, &value.span)?;
                let fitted = self.adapt(flow, want, value, *cell);
                match fitted.argument? {
                    Argument::List { items, .. } if fitted.is_mapped => Some(items),
                    Argument::List { .. } => {
                        self.nested(value, want);
                        None
                    }
                    mut single => {
                        if let Argument::Wire { is_mapped, to, .. } = &mut single
                            && *is_mapped
                        {
                            *is_mapped = false;
                            *to = want.ty.list();
                        }
                        Some(vec![single])
                    }
                }
            }
        }
    }
}

/// Literals that are taken one by one.
pub(super) fn mapped_literals(literals: Vec<Literal>, origin: &Origin) -> Argument {
    let items = literals.into_iter().map(|literal| Argument::Literal {
        literal,
        input: None,
        origin: origin.clone(),
    });
    Argument::List {
        items: items.collect(),
        is_mapped: true,
        origin: origin.clone(),
    }
}
