//! The values of the graph's inputs: given by the caller, or their defaults.

use std::sync::Arc;

use weft_spec::{Form, Literal, Origin, Source};

use super::{
    Against,
    declared::Declared,
    literals::{Slot, read},
};
use crate::{
    Document, Given, InputValue,
    document::{InputDecl, Value, ValueKind, read_value},
    given::GivenValue,
    problem::{
        Mistake, Report,
        inputs::{BadGiven, GivenOfWiredType, MissingInput, UnknownGiven},
    },
};

/// For each input of the graph its value; `None` for one whose declaration is in error.
pub(super) fn inputs(
    document: &Document,
    declared: &[Option<Declared>],
    against: Against<'_>,
    report: &mut Report,
) -> Vec<Option<InputValue>> {
    let inputs = document.inputs.iter().zip(declared);
    let values = inputs
        .map(|(input, declared)| value(document, input, declared.as_ref()?, against, report))
        .collect();
    for (name, value) in &against.given.values {
        if document.input_place(name).is_none() {
            unknown(document, name, value, against.given, report);
        }
    }
    values
}

fn value(
    document: &Document,
    input: &InputDecl,
    declared: &Declared,
    against: Against<'_>,
    report: &mut Report,
) -> Option<InputValue> {
    let given = against.given.values.get(&input.name.text);
    let literal = match given {
        Some(given) => read_given(input, declared, against.given, given, report),
        None => declared.default.clone(),
    };
    let is_missing = given.is_none() && input.default.is_none();
    if is_missing && against.needs_values {
        report.add(
            &document.source,
            MissingInput {
                input: input.name.text.clone(),
                at: input.name.span.clone(),
                help: how_to_set(input, declared),
            },
        );
    }
    Some(InputValue {
        name: input.name.text.clone(),
        ty: declared.ty.clone(),
        help: input.help.clone(),
        range: declared.range,
        literal,
        was_given: given.is_some(),
        origin: Origin {
            source: Arc::clone(&document.source),
            span: input.name.span.clone(),
        },
    })
}

fn how_to_set(input: &InputDecl, declared: &Declared) -> String {
    let (name, ty) = (&input.name.text, &declared.ty);
    if declared.is_wired_only() {
        return format!("{ty} can only be wired: use this graph as a `Subgraph` and wire `{name}`");
    }
    let example = match &declared.form {
        Form::Bool => "true",
        Form::Integer => "1",
        Form::Number => "1.0",
        Form::Text => "\"some text\"",
        Form::File => "picture.png",
        Form::Folder => "pictures",
        Form::Color => "\"#ff8800\"",
        Form::Choice(words) => words.first().map_or("…", |word| word.name.as_str()),
        Form::List(_) | Form::Wired => "[…]",
    };
    format!("set it with `--set {name}={example}`, or give it a `default`")
}

/// The text that a given value is underlined in.
fn source_of(name: &str, value: &GivenValue, given: &Given) -> Arc<Source> {
    let text = match value {
        GivenValue::Text(text) => text.clone(),
        GivenValue::Literal(literal) => literal.to_string(),
    };
    Arc::new(Source {
        name: format!("--set {name}"),
        folder: given.folder.clone(),
        text,
    })
}

fn read_given(
    input: &InputDecl,
    declared: &Declared,
    given: &Given,
    value: &GivenValue,
    report: &mut Report,
) -> Option<Literal> {
    let name = &input.name.text;
    let source = source_of(name, value, given);
    let whole = 0..source.text.len();
    if declared.is_wired_only() {
        let mistake = GivenOfWiredType {
            input: name.clone(),
            ty: declared.ty.to_string(),
            at: whole,
        };
        report.add(&source, mistake);
        return None;
    }
    let slot = Slot {
        name,
        form: &declared.form,
        range: declared.range,
        folder: &given.folder,
        written_at: None,
    };
    let written = match value {
        GivenValue::Literal(literal) => Ok(Value::of(literal.clone(), whole)),
        GivenValue::Text(_) => from_text(slot, &source, report),
    };
    let read = match written {
        Ok(value) => read(&value, slot, &mut report.suggest),
        Err(mistake) => Err(vec![mistake]),
    };
    match read {
        Ok(literal) => Some(literal),
        Err(mistakes) => {
            for mistake in mistakes {
                report.add_boxed(&source, mistake);
            }
            None
        }
    }
}

/// A value as typed on a command line.
fn from_text(
    Slot { name, form, .. }: Slot<'_>,
    source: &Arc<Source>,
    report: &mut Report,
) -> Result<Value, Mistake> {
    let text = &source.text;
    let is_bare = match form {
        Form::Text | Form::File | Form::Folder => true,
        Form::Color => !text.trim_start().starts_with(['(', '"']),
        _ => false,
    };
    if is_bare {
        let literal = Literal::Text(text.clone());
        return Ok(Value::of(literal, 0..text.len()));
    }
    let value = read_value(source, report)?;
    if value.has_reference() || matches!(value.kind, ValueKind::Broken) {
        return Err(Box::new(BadGiven {
            input: name.to_owned(),
            wanted: form.noun(),
            at: value.span,
        }));
    }
    Ok(value)
}

fn unknown(
    document: &Document,
    name: &str,
    value: &GivenValue,
    given: &Given,
    report: &mut Report,
) {
    let names: Vec<&str> = document.inputs().map(|(name, _)| name).collect();
    let help = report
        .suggest
        .help(name, "its inputs are", &names)
        .or_else(|| Some("it has no inputs at all".to_owned()));
    let source = source_of(name, value, given);
    report.add(
        &source,
        UnknownGiven {
            name: name.to_owned(),
            at: 0..source.text.len(),
            help,
        },
    );
}
