//! Fits the arguments of a call into the places that the call has for them.

use weft_spec::{CallSpec, Form, PortSpec, Span};

use super::{
    fit::{Fitter, Want},
    link::Linked,
    literals::Slot,
};
use crate::{
    Argument, CallArgument,
    document::{Name, Value, ValueKind},
    problem::{
        calls::{MappedArgument, MissingArgument, UnknownArgument, UnknownCall},
        listed,
        values::UnknownValue,
    },
};

/// What is written for one argument.
type Given<'v> = Vec<(&'v Value, &'v Linked)>;

impl Fitter<'_, '_, '_> {
    /// Puts a call into its place; what is wrong with it is reported.
    pub(super) fn call(
        &mut self,
        value: &Value,
        linked: &[Linked],
        want: Want<'_>,
    ) -> Option<Argument> {
        let ValueKind::Call { name, arguments } = &value.kind else {
            return None;
        };
        let spec = self.spec(name, value, want)?;
        let given = self.assign(spec, arguments, linked)?;
        let mut fitted = Vec::with_capacity(spec.takes.len());
        let mut is_whole = true;
        for (port, given) in spec.takes.iter().zip(given) {
            match self.argument(spec, port, &given, &value.span) {
                Some(argument) => fitted.extend(argument.map(|value| CallArgument {
                    name: port.name.clone(),
                    ty: port.ty.clone(),
                    value,
                })),
                None => is_whole = false,
            }
        }
        is_whole.then(|| Argument::Call {
            name: spec.name.clone(),
            ty: want.ty.clone(),
            arguments: fitted,
            origin: self.origin(value.span.clone()),
        })
    }

    /// The call of that name, if there is one in this place.
    fn spec<'w>(&mut self, name: &Name, value: &Value, want: Want<'w>) -> Option<&'w CallSpec> {
        match want.slot.form {
            Form::Call(calls) => {
                let found = calls.iter().find(|call| call.name == name.text);
                if found.is_none() {
                    let names: Vec<&str> = calls.iter().map(|it| it.name.as_str()).collect();
                    let written: Vec<_> = calls.iter().map(ToString::to_string).collect();
                    let nearest = self.report.suggest.nearest(&name.text, names);
                    let known = listed(written.iter().map(String::as_str));
                    self.add(UnknownCall {
                        input: want.slot.name.to_owned(),
                        name: name.text.clone(),
                        at: name.span.clone(),
                        help: match nearest {
                            Some(nearest) => format!("did you mean `{nearest}`? it takes {known}"),
                            None => format!("it takes {known}"),
                        },
                    });
                }
                found
            }
            Form::List(form) if matches!(**form, Form::Call(_)) => {
                self.list_wanted(value, want);
                None
            }
            _ => {
                let written = value.to_string().chars().take(24).collect();
                let at = value.span.clone();
                self.add(UnknownValue { written, at });
                None
            }
        }
    }

    /// For each argument of the call what is written for it: by name, or else in order, and a list at the
    /// end takes what remains.
    fn assign<'v>(
        &mut self,
        spec: &CallSpec,
        arguments: &'v [(Option<Name>, Value)],
        linked: &'v [Linked],
    ) -> Option<Vec<Given<'v>>> {
        let mut given: Vec<Given<'v>> = vec![Vec::new(); spec.takes.len()];
        let takes_rest = |place: usize| {
            let port = spec.takes.get(place);
            place + 1 == spec.takes.len() && port.is_some_and(|it| it.ty.element().is_some())
        };
        let mut next = 0;
        let mut is_whole = true;
        for ((name, value), linked) in arguments.iter().zip(linked) {
            let place = match name {
                Some(name) => spec.takes.iter().position(|it| it.name == name.text),
                None => (next < spec.takes.len()).then_some(next),
            };
            let at = name.as_ref().map_or(&value.span, |name| &name.span);
            match place {
                Some(place) if given[place].is_empty() || (name.is_none() && takes_rest(place)) => {
                    given[place].push((value, linked));
                    next = if takes_rest(place) { place } else { place + 1 };
                }
                _ => {
                    is_whole = false;
                    self.add(UnknownArgument {
                        call: spec.name.clone(),
                        takes: spec.to_string(),
                        at: at.clone(),
                    });
                }
            }
        }
        is_whole.then_some(given)
    }

    /// One argument: `None` if it is wrong, `Some(None)` if it may be left out and is.
    fn argument(
        &mut self,
        spec: &CallSpec,
        port: &PortSpec,
        given: &Given<'_>,
        call_at: &Span,
    ) -> Option<Option<Argument>> {
        let folder = self.document.source.folder.clone();
        let slot = Slot {
            name: &port.name,
            form: &port.form,
            range: port.range,
            folder: &folder,
            written_at: None,
        };
        let want = Want { ty: &port.ty, slot };
        let is_bracket = |value: &Value| matches!(value.kind, ValueKind::List(_));
        match (given.as_slice(), port.ty.element(), &port.form) {
            ([], ..) => self.left_out(spec, port, call_at),
            (rest, Some(element), Form::List(form))
                if rest.len() > 1 || !rest.iter().all(|(value, _)| is_bracket(value)) =>
            {
                let slot = Slot { form, ..slot };
                let want = Want { ty: &element, slot };
                let items = rest
                    .iter()
                    .map(|(value, linked)| self.item(value, linked, want));
                let items: Vec<_> = items.collect();
                let items: Option<Vec<_>> = items.into_iter().collect();
                let (first, last) = (&rest[0].0.span, &rest[rest.len() - 1].0.span);
                let origin = self.origin(first.start..last.end);
                Some(Some(Argument::List {
                    items: items?.into_iter().flatten().collect(),
                    is_mapped: false,
                    origin,
                }))
            }
            ([(value, linked), ..], ..) => {
                let fitted = self.fit(value, linked, want);
                if fitted.is_mapped {
                    self.add(MappedArgument {
                        call: spec.name.clone(),
                        wanted: port.ty.to_string(),
                        at: value.span.clone(),
                    });
                    return None;
                }
                fitted.argument.map(Some)
            }
        }
    }

    /// An argument that is not written: its default, or nothing if it is optional.
    fn left_out(
        &mut self,
        spec: &CallSpec,
        port: &PortSpec,
        call_at: &Span,
    ) -> Option<Option<Argument>> {
        if let Some(default) = &port.default {
            let literal = port.form.read(default).ok()?;
            let origin = self.origin(call_at.clone());
            return Some(Some(Argument::Literal {
                literal,
                input: None,
                origin,
            }));
        }
        if port.optional {
            return Some(None);
        }
        self.add(MissingArgument {
            call: spec.name.clone(),
            argument: port.name.clone(),
            takes: spec.to_string(),
            at: call_at.clone(),
        });
        None
    }
}
