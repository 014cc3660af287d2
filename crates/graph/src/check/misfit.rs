//! Says why a value does not fit into its place.

use std::sync::Arc;

use miette::SourceSpan;
use weft_spec::{Origin, Span, TypeName};

use super::{
    cells::What,
    fit::{Fitter, Want},
    relation::{Relation, relation},
};
use crate::{
    document::Value,
    problem::types::{ListWanted, NestedList, TypeMismatch},
};

impl Fitter<'_, '_, '_> {
    /// Reports a value whose type does not fit.
    pub(super) fn misfit(&mut self, found: &TypeName, want: Want<'_>, value: &Value, cell: usize) {
        match relation(self.registry, found, want.ty) {
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

    pub(super) fn list_wanted(&mut self, value: &Value, want: Want<'_>) {
        let written = self.document.source.text.get(value.span.clone());
        self.add(ListWanted {
            input: want.slot.name.to_owned(),
            wanted: want.ty.to_string(),
            written: written.unwrap_or_default().chars().take(60).collect(),
            at: value.span.clone(),
        });
    }

    pub(super) fn nested(&mut self, value: &Value, want: Want<'_>) {
        self.add(NestedList {
            input: want.slot.name.to_owned(),
            wanted: want.ty.to_string(),
            at: value.span.clone(),
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
