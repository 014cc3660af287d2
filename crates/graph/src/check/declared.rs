//! What the inputs of each document are: their types, forms and defaults.

use weft_spec::{Form, Literal, Range, Registry, TypeName};

use super::{
    library::Library,
    literals::{Slot, read},
};
use crate::{
    Document,
    document::InputDecl,
    problem::{
        Report,
        inputs::{DefaultNotLiteral, DefaultOfWiredType, RangeOfNoNumber, UnknownType},
    },
};

/// A graph input whose type is known.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) ty: TypeName,
    pub(super) form: Form,
    pub(super) range: Option<Range>,
    pub(super) default: Option<Literal>,
}

impl Declared {
    /// Whether a value can only be wired in.
    pub(super) fn is_wired_only(&self) -> bool {
        is_wired_only(&self.form)
    }
}

fn is_wired_only(form: &Form) -> bool {
    match form {
        Form::Wired | Form::Call(_) => true,
        Form::List(form) => is_wired_only(form),
        _ => false,
    }
}

/// For each document, each of its inputs; `None` for one whose declaration is in error.
pub(super) fn declared(
    library: &Library<'_>,
    registry: &Registry,
    report: &mut Report,
) -> Vec<Vec<Option<Declared>>> {
    let mut all = Vec::with_capacity(library.len());
    for (document, used_by) in library.documents() {
        report.enter(used_by.clone());
        let inputs = document.inputs.iter();
        all.push(
            inputs
                .map(|input| declare(document, input, registry, report))
                .collect(),
        );
    }
    report.enter(None);
    all
}

fn declare(
    document: &Document,
    input: &InputDecl,
    registry: &Registry,
    report: &mut Report,
) -> Option<Declared> {
    let element = TypeName::from(input.ty.text.clone());
    let Some(form) = registry.form(&element).cloned() else {
        unknown_type(document, input, registry, report);
        return None;
    };
    let (ty, form) = if input.is_list {
        let ty = element.list();
        let form = registry
            .form(&ty)
            .cloned()
            .unwrap_or(Form::List(Box::new(form)));
        (ty, form)
    } else {
        (element, form)
    };
    let mut declared = Declared {
        ty,
        form,
        range: range(document, input, registry, report),
        default: None,
    };
    declared.default = default(document, input, &declared, report);
    Some(declared)
}

fn unknown_type(document: &Document, input: &InputDecl, registry: &Registry, report: &mut Report) {
    let types = registry.types().map(|(ty, _)| ty.as_str());
    let types: Vec<&str> = types.filter(|ty| !ty.contains('<')).collect();
    let name = &input.ty.text;
    let help = report.suggest.help(name, "the types here are", &types);
    let mistake = UnknownType {
        name: name.clone(),
        at: input.ty.span.clone(),
        help,
    };
    report.add(&document.source, mistake);
}

fn range(
    document: &Document,
    input: &InputDecl,
    registry: &Registry,
    report: &mut Report,
) -> Option<Range> {
    let (range, span) = input.range.as_ref()?;
    let form = registry.form(&TypeName::from(input.ty.text.clone()))?;
    if matches!(form, Form::Integer | Form::Number) {
        return Some(*range);
    }
    report.add(
        &document.source,
        RangeOfNoNumber {
            input: input.name.text.clone(),
            ty: input.ty.text.clone(),
            at: span.clone(),
        },
    );
    None
}

fn default(
    document: &Document,
    input: &InputDecl,
    declared: &Declared,
    report: &mut Report,
) -> Option<Literal> {
    let value = input.default.as_ref()?;
    let at = value.span.clone();
    if value.has_reference() {
        report.add(&document.source, DefaultNotLiteral { at });
        return None;
    }
    if declared.is_wired_only() {
        report.add(
            &document.source,
            DefaultOfWiredType {
                input: input.name.text.clone(),
                ty: declared.ty.to_string(),
                at,
            },
        );
        return None;
    }
    let slot = Slot {
        name: &input.name.text,
        form: &declared.form,
        range: declared.range,
        folder: &document.source.folder,
        written_at: None,
    };
    match read(value, slot, &mut report.suggest) {
        Ok(literal) => Some(literal),
        Err(mistakes) => {
            for mistake in mistakes {
                report.add_boxed(&document.source, mistake);
            }
            None
        }
    }
}
