//! Fits a written value into the place that wants it: conversions, lists, mapping.

use std::sync::Arc;

use miette::{Diagnostic, SourceSpan};
use weft_spec::{Form, Literal, Origin, Registry, Span, TypeName};

use super::{
    expand::{Expanded, LIMIT, What},
    link::Linked,
    literals::{Slot, canonical_in, read, read_each},
    types::TypedCell,
};
use crate::{
    Argument, Document,
    document::{Value, ValueKind},
    problem::{
        Mistake, Report,
        subgraphs::TooLarge,
        types::{ListWanted, NestedList, TwoConversions, TypeMismatch},
        values::WrongForm,
    },
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

/// How a type relates to the one that is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// Taken as it is, or converted, or each element converted.
    Direct,
    /// Its elements are taken one by one.
    Mapped,
    ListWanted,
    NestedList,
    Mismatch,
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
            _ => read(value, want.slot, &mut self.report.suggest)
                .map(|literal| Argument::Literal { literal, origin }),
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

    fn add_all(&mut self, mistakes: Vec<Mistake>) {
        for mistake in mistakes {
            self.report.add_boxed(&self.document.source, mistake);
        }
    }

    /// A value that comes from another cell.
    fn adapt(&mut self, flow: Flow, want: Want<'_>, value: &Value, cell: usize) -> Fitted {
        let is_mapped = match relation(self.registry, &flow.ty, want.ty) {
            Relation::Direct => false,
            Relation::Mapped => true,
            wrong => {
                self.misfit(wrong, &flow.ty, want, value, cell);
                return Fitted::default();
            }
        };
        let written_at = flow.written_at.clone();
        let slot = Slot {
            written_at: written_at.as_ref(),
            ..want.slot
        };
        let argument = flow.argument.and_then(|argument| {
            self.retarget(argument, Want { slot, ..want }, is_mapped, &flow.ty)
        });
        Fitted {
            argument,
            is_mapped,
        }
    }

    /// Directs an argument of a fitting type to its new place.
    fn retarget(
        &mut self,
        argument: Argument,
        want: Want<'_>,
        is_mapped: bool,
        through: &TypeName,
    ) -> Option<Argument> {
        match argument {
            Argument::Wire {
                node,
                output,
                from,
                origin,
                ..
            } => {
                let wanted = if is_mapped {
                    Relation::Mapped
                } else {
                    Relation::Direct
                };
                if relation(self.registry, &from, want.ty) != wanted {
                    self.two_conversions(&from, through, want.ty, &origin);
                    return None;
                }
                Some(Argument::Wire {
                    node,
                    output,
                    is_mapped,
                    from,
                    to: want.ty.clone(),
                    origin,
                })
            }
            Argument::Literal { literal, origin } => match (is_mapped, literal) {
                (true, Literal::List(items)) => {
                    let items = items
                        .into_iter()
                        .map(|item| self.convert(item, want, &origin));
                    let items: Option<Vec<Literal>> = items.collect();
                    Some(mapped_literals(items?, &origin))
                }
                (_, literal) => {
                    let literal = self.convert(literal, want, &origin)?;
                    Some(Argument::Literal { literal, origin })
                }
            },
            Argument::List { items, origin, .. } => {
                let element = want.ty.element();
                let (ty, form) = match (&element, want.slot.form) {
                    (Some(element), Form::List(form)) if !is_mapped => (element, &**form),
                    _ => (want.ty, want.slot.form),
                };
                let slot = Slot { form, ..want.slot };
                let items = self.splice(items, Want { ty, slot }, through)?;
                Some(Argument::List {
                    items,
                    is_mapped,
                    origin,
                })
            }
        }
    }

    /// Directs the items of a list to places that want `want` each.
    fn splice(
        &mut self,
        items: Vec<Argument>,
        want: Want<'_>,
        through: &TypeName,
    ) -> Option<Vec<Argument>> {
        *self.spliced += items.len();
        if *self.spliced > LIMIT {
            let at = items
                .first()
                .map_or(0..0, |item| item.origin().span.clone());
            self.add(TooLarge { limit: LIMIT, at });
            return None;
        }
        let list = want.ty.list();
        let spliced = items.into_iter().map(|item| {
            let is_list = matches!(&item, Argument::Wire { to, .. } if to.element().is_some());
            let ty = if is_list { &list } else { want.ty };
            self.retarget(item, Want { ty, ..want }, false, through)
        });
        spliced.collect()
    }

    /// A literal of one type, read where another is wanted that takes it.
    fn convert(&mut self, literal: Literal, want: Want<'_>, origin: &Origin) -> Option<Literal> {
        let at = &origin.span;
        let noun = literal.noun();
        let found = match as_form(&literal, want.slot.form) {
            Some(literal) => canonical_in(want.slot, literal, at),
            None => Err(Box::new(WrongForm {
                input: want.slot.name.to_owned(),
                wanted: want.slot.form.noun(),
                found: noun,
                at: at.clone(),
                help: want
                    .slot
                    .written_at
                    .map(|origin| format!("the value is written at {origin}")),
            }) as Mistake),
        };
        match found {
            Ok(literal) => Some(literal),
            Err(mistake) => {
                self.report.add_boxed(&self.document.source, mistake);
                None
            }
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
    fn item(&mut self, value: &Value, linked: &Linked, want: Want<'_>) -> Option<Vec<Argument>> {
        match linked {
            Linked::Broken => None,
            Linked::Literal => match read(value, want.slot, &mut self.report.suggest) {
                Ok(literal) => {
                    let origin = self.origin(value.span.clone());
                    Some(vec![Argument::Literal { literal, origin }])
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
            Linked::From { cell, output } => {
                let flow = self.flow(*cell, *output, &value.span)?;
                let fitted = self.adapt(flow.clone(), want, value, *cell);
                match fitted.argument? {
                    Argument::Wire {
                        node,
                        output,
                        is_mapped: true,
                        from,
                        origin,
                        ..
                    } => Some(vec![Argument::Wire {
                        node,
                        output,
                        is_mapped: false,
                        from,
                        to: want.ty.list(),
                        origin,
                    }]),
                    Argument::List { items, .. } => Some(items),
                    single => Some(vec![single]),
                }
            }
        }
    }

    fn misfit(
        &mut self,
        relation: Relation,
        found: &TypeName,
        want: Want<'_>,
        value: &Value,
        cell: usize,
    ) {
        match relation {
            Relation::ListWanted => self.list_wanted(value, want),
            Relation::NestedList => self.nested(value, want),
            _ => {
                let mistake = TypeMismatch {
                    input: want.slot.name.to_owned(),
                    wanted: want.ty.to_string(),
                    found: found.to_string(),
                    at: value.span.clone(),
                    from: self.declared_at(cell).map(SourceSpan::from),
                    help: self.fitting_output(cell, want.ty),
                };
                self.add(mistake);
            }
        }
    }

    fn list_wanted(&mut self, value: &Value, want: Want<'_>) {
        let written = self.document.source.text.get(value.span.clone());
        self.add(ListWanted {
            input: want.slot.name.to_owned(),
            wanted: want.ty.to_string(),
            written: written.unwrap_or_default().chars().take(60).collect(),
            at: value.span.clone(),
        });
    }

    fn nested(&mut self, value: &Value, want: Want<'_>) {
        self.add(NestedList {
            input: want.slot.name.to_owned(),
            wanted: want.ty.to_string(),
            at: value.span.clone(),
        });
    }

    fn two_conversions(
        &mut self,
        from: &TypeName,
        through: &TypeName,
        to: &TypeName,
        origin: &Origin,
    ) {
        self.add(TwoConversions {
            from: from.to_string(),
            through: through.to_string(),
            to: to.to_string(),
            at: origin.span.clone(),
        });
    }

    /// Where the thing that a value comes from is declared, if that is in the same text.
    fn declared_at(&self, cell: usize) -> Option<Span> {
        let frame = self.expanded.frame_of(cell);
        let origin_is_here = |origin: &&Origin| Arc::ptr_eq(&origin.source, &self.document.source);
        match &self.expanded.cells[cell].what {
            What::Output(_) => {
                let used_by = frame.used_by.as_ref().map(|used_by| &used_by.origin);
                used_by
                    .filter(origin_is_here)
                    .map(|origin| origin.span.clone())
            }
            What::Node { decl, .. } => Some(decl.kind.span.clone()),
            What::Input(place) | What::Port { place, .. } => {
                Some(frame.document.inputs[*place].ty.span.clone())
            }
        }
    }

    /// Another output of the same node that would fit.
    fn fitting_output(&self, cell: usize, wanted: &TypeName) -> Option<String> {
        let What::Node { decl, spec } = &self.expanded.cells[cell].what else {
            return None;
        };
        let mut outputs = spec.outputs.iter();
        let fitting = outputs.find(|output| self.registry.accepts(&output.ty, wanted))?;
        let (node, output) = (&decl.name.text, &fitting.name);
        Some(format!(
            "its output `{output}` would fit: write `Wire(\"{node}.{output}\")`"
        ))
    }
}

fn relation(registry: &Registry, from: &TypeName, to: &TypeName) -> Relation {
    if registry.accepts(from, to) {
        return Relation::Direct;
    }
    match (from.element(), to.element()) {
        (Some(from), Some(to)) if registry.accepts(&from, &to) => Relation::Direct,
        (Some(from), _) if registry.accepts(&from, to) => Relation::Mapped,
        (Some(from), _)
            if from
                .element()
                .is_some_and(|from| registry.accepts(&from, to)) =>
        {
            Relation::NestedList
        }
        (_, Some(to)) if registry.accepts(from, &to) => Relation::ListWanted,
        _ => Relation::Mismatch,
    }
}

/// The literal in that form; a number is a text too, as it is for a wire.
fn as_form(literal: &Literal, form: &Form) -> Option<Literal> {
    match (form, literal) {
        (Form::Text, Literal::Integer(number)) => Some(Literal::Text(number.to_string())),
        (Form::Text, Literal::Number(number)) => Some(Literal::Text(number.to_string())),
        (Form::List(form), Literal::List(items)) => {
            let items = items.iter().map(|item| as_form(item, form));
            items.collect::<Option<_>>().map(Literal::List)
        }
        _ => form.read(literal).ok(),
    }
}

/// Literals that are taken one by one.
fn mapped_literals(literals: Vec<Literal>, origin: &Origin) -> Argument {
    let items = literals.into_iter().map(|literal| Argument::Literal {
        literal,
        origin: origin.clone(),
    });
    Argument::List {
        items: items.collect(),
        is_mapped: true,
        origin: origin.clone(),
    }
}
