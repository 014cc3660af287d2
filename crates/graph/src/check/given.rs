//! The values of the graph's inputs: given by the caller, or their defaults.

use std::sync::Arc;

use weft_spec::{Form, Literal, Origin, Source};

use super::{
    Against,
    declared::Declared,
    literals::{Slot, read},
};
use crate::{
    Document, InputValue,
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
    let mut reader = Reader {
        document,
        against,
        report,
    };
    let inputs = document.inputs.iter().zip(declared);
    let values = inputs
        .map(|(input, declared)| Some(reader.value(input, declared.as_ref()?)))
        .collect();
    for (name, value) in &against.given.values {
        if document.input_place(name).is_none() {
            reader.unknown(name, value);
        }
    }
    values
}

/// Reads the values of one graph.
struct Reader<'x> {
    document: &'x Document,
    against: Against<'x>,
    report: &'x mut Report,
}

impl Reader<'_> {
    fn value(&mut self, input: &InputDecl, declared: &Declared) -> InputValue {
        let given = self.against.given.values.get(&input.name.text);
        let literal = match given {
            Some(given) => self.given(input, declared, given),
            None => declared.default.clone(),
        };
        let is_missing = given.is_none() && input.default.is_none();
        if is_missing && self.against.needs_values {
            let mistake = MissingInput {
                input: input.name.text.clone(),
                at: input.name.span.clone(),
                help: how_to_set(input, declared),
            };
            self.report.add(&self.document.source, mistake);
        }
        InputValue {
            name: input.name.text.clone(),
            ty: declared.ty.clone(),
            help: input.help.clone(),
            range: declared.range,
            literal,
            was_given: given.is_some(),
            origin: Origin {
                source: Arc::clone(&self.document.source),
                span: input.name.span.clone(),
            },
        }
    }

    /// The text that a given value is underlined in.
    fn source_of(&self, name: &str, value: &GivenValue) -> Arc<Source> {
        let text = match value {
            GivenValue::Text(text) => text.clone(),
            GivenValue::Literal(literal) => literal.to_string(),
        };
        Arc::new(Source {
            name: format!("--set {name}"),
            folder: self.against.given.folder.clone(),
            text,
        })
    }

    fn given(
        &mut self,
        input: &InputDecl,
        declared: &Declared,
        value: &GivenValue,
    ) -> Option<Literal> {
        let source = self.source_of(&input.name.text, value);
        let slot = Slot {
            name: &input.name.text,
            form: &declared.form,
            range: declared.range,
            folder: &source.folder,
            written_at: None,
        };
        let whole = 0..source.text.len();
        let written = match value {
            _ if declared.is_wired_only() => Err(Box::new(GivenOfWiredType {
                input: input.name.text.clone(),
                ty: declared.ty.to_string(),
                at: whole,
            }) as Mistake),
            GivenValue::Literal(literal) => Ok(Value::of(literal.clone(), whole)),
            GivenValue::Text(_) => from_text(slot, &source, self.report),
        };
        let read = match written {
            Ok(value) => read(&value, slot, &mut self.report.suggest),
            Err(mistake) => Err(vec![mistake]),
        };
        match read {
            Ok(literal) => Some(literal),
            Err(mistakes) => {
                for mistake in mistakes {
                    self.report.add_boxed(&source, mistake);
                }
                None
            }
        }
    }

    fn unknown(&mut self, name: &str, value: &GivenValue) {
        let names: Vec<&str> = self.document.inputs().map(|(name, _)| name).collect();
        let suggest = &mut self.report.suggest;
        let help = suggest
            .help(name, "its inputs are", &names)
            .or_else(|| Some("it has no inputs at all".to_owned()));
        let source = self.source_of(name, value);
        let mistake = UnknownGiven {
            name: name.to_owned(),
            at: 0..source.text.len(),
            help,
        };
        self.report.add(&source, mistake);
    }
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
        Form::List(_) | Form::Wired | Form::Call(_) => "[…]",
    };
    format!("set it with `--set {name}={example}`, or give it a `default`")
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
