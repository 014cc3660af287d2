//! Doc comments as text.

use proc_macro2::Span;
use syn::{Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field, Fields, Lit, Meta, Result};

/// The doc comment among `attributes`, its lines joined; an error at `span` if there is none.
pub(crate) fn required(attributes: &[Attribute], span: Span, lack: &str) -> Result<String> {
    let lines: Vec<_> = attributes.iter().filter_map(line).collect();
    let strip = |line: &String| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned();
    let text = lines
        .iter()
        .map(strip)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned();
    if text.is_empty() {
        Err(Error::new(span, lack))
    } else {
        Ok(text)
    }
}

fn line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The named fields of a struct; an error if the item is anything else.
pub(crate) fn named_fields<'a>(item: &'a DeriveInput, lack: &str) -> Result<Vec<&'a Field>> {
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter().collect()),
            Fields::Unit => Ok(Vec::new()),
            Fields::Unnamed(_) => Err(Error::new(item.ident.span(), lack)),
        },
        _ => Err(Error::new(item.ident.span(), lack)),
    }
}
