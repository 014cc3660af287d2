//! The inputs that a graph declares.

use weft_spec::{Literal, Range};

use super::{
    InputDecl, Name,
    fields::{Reading, unique_names},
    names::{NameRule, check_name},
    value::{self, Value, ValueKind},
};
use crate::{
    problem::inputs::BadRange,
    text::{
        token::{Bracket, TokenKind},
        tree::{Group, Item, Shape, Tree},
    },
};

const FIELDS: [&str; 4] = ["default", "help", "range", "list"];

/// Reads `inputs: { … }`.
pub(super) fn inputs(reading: &mut Reading<'_>, tree: &Tree) -> Vec<InputDecl> {
    let entries = reading.entries(tree, "inputs", "\"name\": Text(default: \"…\")");
    let entries = unique_names(reading, entries, "input");
    let inputs = entries.into_iter().filter_map(|(name, item)| {
        check_name(reading, &name, NameRule::Input);
        input(reading, name, item)
    });
    inputs.collect()
}

fn input(reading: &mut Reading<'_>, name: Name, item: &Item) -> Option<InputDecl> {
    let (ty, group) = match &item.value.shape {
        Shape::Leaf(TokenKind::Word) => (reading.word(&item.value.span), None),
        Shape::Group(
            group @ Group {
                name: Some(ty),
                bracket: Bracket::Round,
                ..
            },
        ) if group.has_keys() => (reading.word(ty), Some(group)),
        _ => {
            let what = format!("input `{}`", name.text);
            let help = Some(format!("write `\"{}\": Number(default: 1.0)`", name.text));
            reading.wrong_shape(&what, "a type with its settings", &item.value, help);
            return None;
        }
    };
    let mut declared = InputDecl {
        name,
        ty,
        default: None,
        help: String::new(),
        range: None,
        is_list: false,
    };
    let fields = group.map_or_else(Vec::new, |group| {
        reading.fields(group, "the declaration of an input", &FIELDS)
    });
    for (field, tree) in fields {
        setting(reading, &mut declared, &field.text, tree);
    }
    Some(declared)
}

fn setting(reading: &mut Reading<'_>, declared: &mut InputDecl, field: &str, tree: &Tree) {
    match field {
        "default" => declared.default = Some(value::value(reading, tree)),
        "help" => {
            let help = reading.quoted(tree, "the help");
            declared.help = help.map_or_else(String::new, |help| help.text);
        }
        "range" => {
            let value = value::value(reading, tree);
            match range(&value) {
                Some(range) => declared.range = Some((range, value.span)),
                None => reading.add(BadRange {
                    input: declared.name.text.clone(),
                    at: value.span,
                }),
            }
        }
        _ => match value::value(reading, tree).kind {
            ValueKind::Literal(Literal::Bool(is_list)) => declared.is_list = is_list,
            _ => reading.wrong_shape("`list`", "true or false", tree, None),
        },
    }
}

/// A pair of numbers in order; an infinite end is open.
fn range(value: &Value) -> Option<Range> {
    let ValueKind::Tuple(ends) = &value.kind else {
        return None;
    };
    let [min, max] = ends.as_slice() else {
        return None;
    };
    let number = |value: &Value| match &value.kind {
        ValueKind::Literal(literal) => literal.as_number(),
        _ => None,
    };
    let (min, max) = (number(min)?, number(max)?);
    (min <= max).then(|| Range {
        min: (min > f64::NEG_INFINITY).then_some(min),
        max: (max < f64::INFINITY).then_some(max),
    })
}
