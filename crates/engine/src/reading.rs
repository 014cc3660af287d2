//! What an input is given, from how it is written: literals become values, calls keep their arguments.

use weft_graph::{Argument, CallArgument};
use weft_spec::{Literal, Origin, TypeName};
use weft_value::AnyValue;

use crate::{
    Packs,
    packs::Registered,
    plan::{Source, Wire},
};

/// Reads the arguments of one input; `refuse` hears why a literal is not a value.
pub(crate) struct Reading<'a> {
    pub(crate) packs: &'a Packs,
    pub(crate) kind: &'a Registered,
    pub(crate) port: &'a str,
    pub(crate) refuse: &'a mut dyn FnMut(String, &Origin),
}

impl Reading<'_> {
    /// What the input takes.
    pub(crate) fn source(&mut self, argument: &Argument) -> Option<Source> {
        match argument {
            Argument::Literal {
                literal, origin, ..
            } => {
                let value = self.kind.kind.literal(self.port, literal);
                self.value(value, literal, origin)
            }
            Argument::List {
                items, is_mapped, ..
            } => {
                let ty = self.kind.spec.input(self.port)?.ty.clone();
                let element = if *is_mapped { ty } else { ty.element()? };
                let items = items.iter().map(|item| match item {
                    // A port that takes lists reads a literal among wires as a list of one.
                    Argument::Literal {
                        literal, origin, ..
                    } if !*is_mapped => {
                        let literal = Literal::List(vec![literal.clone()]);
                        let value = self.kind.kind.literal(self.port, &literal);
                        self.value(value, &literal, origin)
                    }
                    other => self.source(other),
                });
                Some(Source::List {
                    items: items.collect::<Option<_>>()?,
                    element,
                    is_mapped: *is_mapped,
                })
            }
            Argument::Wire { .. } => wire(argument),
            Argument::Call {
                name,
                ty,
                arguments,
                ..
            } => self.call(name, ty, arguments),
        }
    }

    fn call(&mut self, name: &str, ty: &TypeName, arguments: &[CallArgument]) -> Option<Source> {
        let ty = *self.packs.ty(ty)?;
        let arguments = arguments
            .iter()
            .map(|it| Some((it.name.clone(), self.argument(&it.ty, &it.value)?)));
        Some(Source::Call {
            arguments: arguments.collect::<Option<_>>()?,
            name: name.to_owned(),
            ty,
        })
    }

    /// An argument of a call, which is of type `ty`.
    fn argument(&mut self, ty: &TypeName, argument: &Argument) -> Option<Source> {
        match argument {
            Argument::Literal {
                literal, origin, ..
            } => {
                let value = literal_of(self.packs, ty, literal);
                self.value(value, literal, origin)
            }
            Argument::List { items, .. } => {
                let element = ty.element()?;
                let items = items.iter().map(|item| self.argument(&element, item));
                Some(Source::List {
                    items: items.collect::<Option<_>>()?,
                    element,
                    is_mapped: false,
                })
            }
            Argument::Wire { .. } => wire(argument),
            Argument::Call {
                name,
                ty,
                arguments,
                ..
            } => self.call(name, ty, arguments),
        }
    }

    fn value(
        &mut self,
        value: Result<AnyValue, String>,
        literal: &Literal,
        origin: &Origin,
    ) -> Option<Source> {
        let known = value.and_then(|value| {
            let digest = value.digest();
            let lack = || format!("a value of type {} has no content hash", value.type_name());
            Ok((digest.ok_or_else(lack)?, value))
        });
        match known {
            Ok((digest, value)) => Some(Source::Value {
                value,
                digest,
                written: literal.to_string(),
            }),
            Err(message) => {
                (self.refuse)(message, origin);
                None
            }
        }
    }
}

/// The value of that type that a canonical literal stands for.
fn literal_of(packs: &Packs, ty: &TypeName, literal: &Literal) -> Result<AnyValue, String> {
    if let (Some(element), Literal::List(items)) = (ty.element(), literal) {
        let items = items.iter().map(|item| literal_of(packs, &element, item));
        return Ok(AnyValue::list(
            element.clone(),
            items.collect::<Result<_, _>>()?,
        ));
    }
    let known = packs.ty(ty);
    known
        .ok_or_else(|| format!("a value of type {ty} cannot be written here"))?
        .literal(literal)
}

fn wire(argument: &Argument) -> Option<Source> {
    let Argument::Wire {
        node,
        output,
        is_mapped,
        from,
        to,
        ..
    } = argument
    else {
        return None;
    };
    let given = if *is_mapped {
        from.element()?
    } else {
        from.clone()
    };
    Some(Source::Wire(Wire {
        node: *node,
        output: *output,
        convert: (given != *to).then(|| to.clone()),
        is_mapped: *is_mapped,
    }))
}
