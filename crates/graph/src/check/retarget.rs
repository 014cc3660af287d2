//! Directs what comes from another cell to a new place: conversions, mapping, splicing.

use weft_spec::{Form, Literal, Origin, TypeName};

use super::{
    expand::LIMIT,
    fit::{Fitted, Fitter, Flow, Want, mapped_literals},
    literals::{Slot, canonical_in},
    relation::{Relation, relation},
};
use crate::{
    Argument,
    document::Value,
    problem::{Mistake, subgraphs::TooLarge, types::TwoConversions, values::WrongForm},
};

impl Fitter<'_, '_, '_> {
    /// A value that comes from another cell.
    pub(super) fn adapt(
        &mut self,
        flow: Flow,
        want: Want<'_>,
        value: &Value,
        cell: usize,
    ) -> Fitted {
        let is_mapped = match relation(self.registry, &flow.ty, want.ty) {
            Relation::Direct => false,
            Relation::Mapped => true,
            _ => {
                self.misfit(&flow.ty, want, value, cell);
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
            Argument::Call { .. } => Some(argument),
            Argument::Wire { .. } => self.rewire(argument, want, is_mapped, through),
            Argument::Literal {
                literal: Literal::List(items),
                origin,
                ..
            } if is_mapped => {
                let items = items
                    .into_iter()
                    .map(|item| self.convert(item, want, &origin));
                let items: Option<Vec<Literal>> = items.collect();
                Some(mapped_literals(items?, &origin))
            }
            Argument::Literal {
                literal,
                input,
                origin,
            } => {
                let literal = self.convert(literal, want, &origin)?;
                Some(Argument::Literal {
                    literal,
                    input,
                    origin,
                })
            }
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

    /// Directs a wire, which converts once at most.
    fn rewire(
        &mut self,
        mut wire: Argument,
        want: Want<'_>,
        maps: bool,
        through: &TypeName,
    ) -> Option<Argument> {
        let Argument::Wire {
            from,
            to,
            is_mapped,
            origin,
            ..
        } = &mut wire
        else {
            return None;
        };
        let wanted = if maps {
            Relation::Mapped
        } else {
            Relation::Direct
        };
        if relation(self.registry, from, want.ty) != wanted {
            let mistake = TwoConversions {
                from: from.to_string(),
                through: through.to_string(),
                to: want.ty.to_string(),
                at: origin.span.clone(),
            };
            self.add(mistake);
            return None;
        }
        *to = want.ty.clone();
        *is_mapped = maps;
        Some(wire)
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
