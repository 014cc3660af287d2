//! Reads a written value in the form that its place wants, with each mistake at its own element.

use std::path::{Path, absolute};

use weft_spec::{Form, HUB, Literal, Origin, Range, Span};

use crate::{
    document::{Value, ValueKind},
    problem::{
        Mistake, Suggest, listed,
        values::{
            BadChoice, BadColor, EmptyPath, NumberTooLarge, OutOfRange, PathNotText, UnknownValue,
            WrongForm,
        },
    },
};

/// The place that a literal is read for.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    /// The name of the input, for messages.
    pub(super) name: &'a str,
    pub(super) form: &'a Form,
    pub(super) range: Option<Range>,
    /// The folder that a relative path starts from.
    pub(super) folder: &'a Path,
    /// Where the value is written, if that is not where it is used.
    pub(super) written_at: Option<&'a Origin>,
}

/// The canonical literal, or everything that is wrong with it.
pub(super) fn read(
    value: &Value,
    slot: Slot<'_>,
    suggest: &mut Suggest,
) -> Result<Literal, Vec<Mistake>> {
    if let (Form::List(form), ValueKind::List(items)) = (slot.form, &value.kind) {
        let slot = Slot { form, ..slot };
        return read_each(items, slot, suggest).map(Literal::List);
    }
    let at = value.span.clone();
    let Some(literal) = value.literal() else {
        return Err(not_a_literal(value, &slot).into_iter().collect());
    };
    match slot.form.read(&literal) {
        Ok(canonical) => canonical_in(slot, canonical, &at).map_err(|mistake| vec![mistake]),
        Err(_) => Err(vec![wrong_form(slot, &literal, at, suggest)]),
    }
}

/// Every one of the items, or everything that is wrong with them.
pub(super) fn read_each(
    items: &[Value],
    slot: Slot<'_>,
    suggest: &mut Suggest,
) -> Result<Vec<Literal>, Vec<Mistake>> {
    let mut literals = Vec::with_capacity(items.len());
    let mut mistakes = Vec::new();
    for item in items {
        match read(item, slot, suggest) {
            Ok(literal) => literals.push(literal),
            Err(more) => mistakes.extend(more),
        }
    }
    if mistakes.is_empty() {
        Ok(literals)
    } else {
        Err(mistakes)
    }
}

/// What is wrong with something that is no literal; nothing, if that was said when it was read.
fn not_a_literal(value: &Value, slot: &Slot<'_>) -> Option<Mistake> {
    let at = value.span.clone();
    Some(match &value.kind {
        ValueKind::Unknown(written) => Box::new(UnknownValue {
            written: written.chars().take(24).collect(),
            at,
        }),
        ValueKind::TooLarge(_) => Box::new(NumberTooLarge { at }),
        ValueKind::Broken => return None,
        ValueKind::List(items) | ValueKind::Tuple(items) => {
            return items.iter().find_map(|item| not_a_literal(item, slot));
        }
        ValueKind::Wire { .. } | ValueKind::Input(_) => Box::new(WrongForm {
            input: slot.name.to_owned(),
            wanted: slot.form.noun(),
            found: "a wire",
            at,
            help: Some("a wire stands alone or in a list in square brackets".to_owned()),
        }),
        ValueKind::Call { name, .. } => Box::new(UnknownValue {
            written: format!("{}(…)", name.text),
            at,
        }),
        ValueKind::Literal(_) => return None,
    })
}

/// Checks what the form alone does not: ranges and paths.
pub(super) fn canonical_in(
    slot: Slot<'_>,
    literal: Literal,
    at: &Span,
) -> Result<Literal, Mistake> {
    match (slot.form, literal) {
        (Form::Number | Form::Integer, literal) => {
            in_range(slot, &literal, at)?;
            Ok(literal)
        }
        (Form::File, Literal::Text(name)) if name.starts_with(HUB) => Ok(Literal::Text(name)),
        (Form::File | Form::Folder, Literal::Text(path)) => {
            absolute_path(slot, &path, at).map(Literal::Text)
        }
        (Form::List(form), Literal::List(items)) => {
            let slot = Slot { form, ..slot };
            let items = items.into_iter().map(|item| canonical_in(slot, item, at));
            Ok(Literal::List(items.collect::<Result<_, _>>()?))
        }
        (_, literal) => Ok(literal),
    }
}

fn in_range(slot: Slot<'_>, literal: &Literal, at: &Span) -> Result<(), Mistake> {
    let Some((range, number)) = slot.range.zip(literal.as_number()) else {
        return Ok(());
    };
    if range.contains(number) {
        return Ok(());
    }
    Err(Box::new(OutOfRange {
        input: slot.name.to_owned(),
        number: number.to_string(),
        bounds: bounds(&range),
        at: at.clone(),
        help: slot
            .written_at
            .map(|origin| format!("the value is written at {origin}")),
    }))
}

/// A range in words.
fn bounds(range: &Range) -> String {
    match (range.min, range.max) {
        (Some(min), Some(max)) => format!("from {min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "a number".to_owned(),
    }
}

fn absolute_path(slot: Slot<'_>, path: &str, at: &Span) -> Result<String, Mistake> {
    if path.is_empty() {
        return Err(Box::new(EmptyPath {
            input: slot.name.to_owned(),
            wanted: slot.form.noun(),
            at: at.clone(),
        }));
    }
    let joined = slot.folder.join(path);
    // Only an empty path or a lost working directory has no absolute form; the joined path says it best then.
    let path = absolute(&joined).unwrap_or(joined);
    path.into_os_string().into_string().map_err(|path| {
        Box::new(PathNotText {
            input: slot.name.to_owned(),
            folder: path.to_string_lossy().into_owned(),
            at: at.clone(),
        }) as Mistake
    })
}

fn wrong_form(slot: Slot<'_>, literal: &Literal, at: Span, suggest: &mut Suggest) -> Mistake {
    let input = slot.name.to_owned();
    match (slot.form, literal) {
        (Form::Choice(words), Literal::Name(word)) => {
            let words: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
            let help = match suggest.nearest(word, words.iter().copied()) {
                Some(nearest) => {
                    format!("did you mean `{nearest}`? its words are {}", listed(words))
                }
                None => format!("its words are {}", listed(words)),
            };
            Box::new(BadChoice {
                input,
                word: word.clone(),
                at,
                help: Some(help),
            })
        }
        (Form::Color, Literal::Text(_) | Literal::Tuple(_)) => Box::new(BadColor {
            input,
            wanted: slot.form.noun(),
            at,
        }),
        (form, literal) => Box::new(WrongForm {
            input,
            wanted: form.noun(),
            found: literal.noun(),
            at,
            help: cure(form, literal),
        }),
    }
}

/// What to write instead, where that can be known.
fn cure(form: &Form, literal: &Literal) -> Option<String> {
    match (form, literal) {
        (Form::Text | Form::File | Form::Folder | Form::Color, Literal::Name(word)) => {
            Some(format!("write \"{word}\""))
        }
        (Form::Text, Literal::Integer(_) | Literal::Number(_) | Literal::Bool(_)) => {
            Some(format!("write \"{literal}\""))
        }
        (Form::Choice(words), Literal::Text(text)) if words.iter().any(|w| w.name == *text) => {
            Some(format!("write `{text}` without quotes"))
        }
        (Form::Integer, Literal::Number(number)) if number.fract() == 0.0 => {
            Some(format!("write `{number}`"))
        }
        (Form::Integer | Form::Number | Form::Bool, Literal::Text(text)) => {
            Some(format!("write `{text}` without quotes"))
                .filter(|_| text.parse::<f64>().is_ok() || text == "true" || text == "false")
        }
        (Form::Color, Literal::List(_)) => Some("a colour is in round brackets".to_owned()),
        (Form::Wired, _) => Some("write `Wire(\"node\")`".to_owned()),
        _ => None,
    }
}
