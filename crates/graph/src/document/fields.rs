//! The fields of `Graph(…)`.

use std::{collections::HashMap, sync::Arc};

use miette::Diagnostic;
use weft_spec::{Literal, Source, Span};

use super::{
    Document, FORMAT, Name, OutputDecl, Requirement, inputs, migrate,
    names::{NameRule, check_name},
    nodes,
    value::{self, ValueKind},
};
use crate::{
    problem::{
        Report,
        form::{DuplicateField, MissingFormat, NotAGraph, UnknownField, WrongShape},
        names::DuplicateName,
    },
    text::{
        leaf,
        token::{Bracket, TokenKind},
        tree::{Group, Item, Shape, Tree},
    },
};

const FIELDS: [&str; 5] = ["format", "requires", "inputs", "nodes", "outputs"];

/// One text being read.
pub(super) struct Reading<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) report: &'a mut Report,
}

impl Reading<'_> {
    pub(super) fn add(&mut self, mistake: impl Diagnostic + Send + Sync + 'static) {
        self.report.add(self.source, mistake);
    }

    pub(super) fn text(&self, span: &Span) -> &str {
        &self.source.text[span.clone()]
    }

    /// The bare word that a key or kind is.
    pub(super) fn word(&self, span: &Span) -> Name {
        Name {
            text: leaf::word(self.text(span)).to_owned(),
            span: span.clone(),
        }
    }

    /// The text in quotes that a name or help is.
    pub(super) fn quoted(&mut self, tree: &Tree, what: &str) -> Option<Name> {
        if let Shape::Leaf(TokenKind::Text) = tree.shape
            && let Ok(text) = leaf::quoted(self.text(&tree.span))
        {
            return Some(Name {
                text: text.into_owned(),
                span: tree.span.clone(),
            });
        }
        let wanted = "a text in quotes";
        let help = match tree.shape {
            Shape::Leaf(TokenKind::Word) => {
                Some(format!("write \"{}\"", leaf::word(self.text(&tree.span))))
            }
            _ => None,
        };
        self.wrong_shape(what, wanted, tree, help);
        None
    }

    pub(super) fn wrong_shape(
        &mut self,
        what: &str,
        wanted: &'static str,
        tree: &Tree,
        help: Option<String>,
    ) {
        self.add(WrongShape {
            what: what.to_owned(),
            wanted,
            at: tree.span.clone(),
            help,
        });
    }

    /// The entries of a map such as `nodes`, with their names in quotes.
    pub(super) fn entries<'t>(
        &mut self,
        tree: &'t Tree,
        field: &str,
        example: &str,
    ) -> Vec<(Name, &'t Item)> {
        let Shape::Group(Group {
            name: None,
            bracket: Bracket::Curly,
            items,
            ..
        }) = &tree.shape
        else {
            let help = Some(format!("write `{field}: {{ {example} }}`"));
            self.wrong_shape(&format!("`{field}`"), "a map in curly brackets", tree, help);
            return Vec::new();
        };
        let named = items.iter().filter_map(|item| {
            let key = item.key.as_ref()?;
            Some((self.quoted(key, "this name")?, item))
        });
        named.collect()
    }

    /// Reports the second of equal names and drops it.
    pub(super) fn unique<T>(
        &mut self,
        entries: Vec<(Name, T)>,
        report: impl Fn(&mut Self, &Name, &Name),
    ) -> Vec<(Name, T)> {
        let mut seen: HashMap<String, Name> = HashMap::new();
        let mut kept = Vec::with_capacity(entries.len());
        for (name, entry) in entries {
            if let Some(first) = seen.get(&name.text) {
                report(self, first, &name);
            } else {
                seen.insert(name.text.clone(), name.clone());
                kept.push((name, entry));
            }
        }
        kept
    }

    /// The fields of something in round brackets, each once and all of them known.
    pub(super) fn fields<'t>(
        &mut self,
        group: &'t Group,
        owner: &'static str,
        known: &[&str],
    ) -> Vec<(Name, &'t Tree)> {
        let fields = group.items.iter().filter_map(|item| {
            let key = item.key.as_ref()?;
            Some((self.word(&key.span), &item.value))
        });
        let fields = fields.collect();
        let mut fields = self.unique(fields, |reading, first, again| {
            reading.add(DuplicateField {
                name: again.text.clone(),
                first: first.span.clone(),
                again: again.span.clone(),
            });
        });
        fields.retain(|(name, _)| {
            let is_known = known.contains(&name.text.as_str());
            if !is_known {
                let help = self.report.suggest.help(&name.text, "it has", known);
                self.add(UnknownField {
                    owner,
                    name: name.text.clone(),
                    at: name.span.clone(),
                    help,
                });
            }
            is_known
        });
        fields
    }
}

/// Reads the whole graph; `None` if there is none or it is of another format.
pub(super) fn document(source: &Arc<Source>, tree: &Tree, report: &mut Report) -> Option<Document> {
    let mut reading = Reading { source, report };
    let Some(group) = graph_group(&reading, tree) else {
        let at = match &tree.shape {
            Shape::Group(Group {
                name: Some(name), ..
            }) => name.clone(),
            _ => tree.span.start..tree.span.start + first_len(reading.text(&tree.span)),
        };
        reading.add(NotAGraph { at });
        return None;
    };
    let format = format(&mut reading, group)?;
    let mut document = Document::empty(Arc::clone(source));
    for (name, value) in reading.fields(group, "a graph", &FIELDS) {
        match name.text.as_str() {
            "requires" => document.requires = requires(&mut reading, value),
            "inputs" => document.inputs = inputs::inputs(&mut reading, value),
            "nodes" => document.nodes = nodes::nodes(&mut reading, value),
            "outputs" => document.outputs = outputs(&mut reading, value),
            _ => {}
        }
    }
    migrate::bring_up(&mut document, format, migrate::MIGRATIONS);
    document.index();
    Some(document)
}

fn graph_group<'t>(reading: &Reading<'_>, tree: &'t Tree) -> Option<&'t Group> {
    match &tree.shape {
        Shape::Group(group) => {
            let name = group.name.as_ref()?;
            let is_graph = leaf::word(reading.text(name)) == "Graph" && group.has_keys();
            is_graph.then_some(group)
        }
        Shape::Leaf(_) => None,
    }
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// The format of the file, if this program can read it.
fn format(reading: &mut Reading<'_>, group: &Group) -> Option<u32> {
    let field = group.items.iter().find(|item| {
        item.key
            .as_ref()
            .is_some_and(|key| leaf::word(reading.text(&key.span)) == "format")
    });
    let Some(field) = field else {
        reading.add(MissingFormat {
            current: FORMAT,
            at: group.name.clone().unwrap_or_default(),
        });
        return Some(FORMAT);
    };
    match value::value(reading, &field.value).kind {
        ValueKind::Literal(Literal::Integer(found)) => {
            match migrate::readable(found, &field.value.span, migrate::MIGRATIONS) {
                Ok(format) => Some(format),
                Err(mistake) => {
                    reading.report.add_boxed(reading.source, mistake);
                    None
                }
            }
        }
        _ => {
            let help = Some(format!("write `format: {FORMAT}`"));
            reading.wrong_shape("the format", "a whole number", &field.value, help);
            Some(FORMAT)
        }
    }
}

fn requires(reading: &mut Reading<'_>, tree: &Tree) -> Vec<Requirement> {
    let entries = reading.entries(tree, "requires", "\"vendor.pack\": \"^1\"");
    let entries = unique_names(reading, entries, "pack");
    let requirements = entries.into_iter().filter_map(|(pack, item)| {
        let version = reading.quoted(&item.value, "the version")?;
        Some(Requirement { pack, version })
    });
    requirements.collect()
}

fn outputs(reading: &mut Reading<'_>, tree: &Tree) -> Vec<OutputDecl> {
    let entries = reading.entries(tree, "outputs", "\"image\": Wire(\"node\")");
    let entries = unique_names(reading, entries, "output");
    let outputs = entries.into_iter().map(|(name, item)| {
        check_name(reading, &name, NameRule::Output);
        let value = value::value(reading, &item.value);
        OutputDecl { name, value }
    });
    outputs.collect()
}

/// Reports a name given twice.
pub(super) fn unique_names<T>(
    reading: &mut Reading<'_>,
    entries: Vec<(Name, T)>,
    what: &'static str,
) -> Vec<(Name, T)> {
    reading.unique(entries, |reading, first, again| {
        reading.add(DuplicateName {
            what,
            name: again.text.clone(),
            first: first.span.clone(),
            again: again.span.clone(),
        });
    })
}
