//! What differs between two graphs by meaning: order, comments, layout and spelling do not count.

mod renames;

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use weft_spec::Literal;

use crate::{
    Document,
    document::{InputDecl, Name, NodeDecl, Requirement, Value, ValueKind},
};

/// One difference between two graphs. A subject is a node, `node.input`, `requires.pack`, `inputs.name`,
/// `inputs.name.setting` or `outputs.name`; values are written as in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the second graph has it.
    Added {
        /// What it is.
        subject: String,
        /// What it is set to.
        value: String,
    },
    /// Only the first graph has it.
    Removed {
        /// What it was.
        subject: String,
        /// What it was set to.
        value: String,
    },
    /// Both have it, with different values.
    Changed {
        /// What it is.
        subject: String,
        /// What it was set to.
        from: String,
        /// What it is set to now.
        to: String,
    },
    /// A node of another name looks like the same node.
    Renamed {
        /// Its name before.
        from: String,
        /// Its name now.
        to: String,
    },
}

/// Writes `+ blur: Invert()`, `- blur: Invert()`, `~ edges.low: 0.1 -> 0.2` or `> old -> new`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { subject, value } => write!(f, "+ {subject}: {value}"),
            Self::Removed { subject, value } => write!(f, "- {subject}: {value}"),
            Self::Changed { subject, from, to } => write!(f, "~ {subject}: {from} -> {to}"),
            Self::Renamed { from, to } => write!(f, "> {from} -> {to}"),
        }
    }
}

/// What changes from `a` to `b`: requirements, inputs, nodes and outputs, each in the order of the files.
pub fn diff(a: &Document, b: &Document) -> Vec<Change> {
    let mut changes = Changes {
        changes: Vec::new(),
        renames: renames::renames(a, b),
    };
    changes.requires(a, b);
    changes.inputs(a, b);
    changes.nodes(a, b);
    changes.outputs(a, b);
    changes.changes
}

struct Changes<'a> {
    changes: Vec<Change>,
    /// From names in the first graph to names in the second.
    renames: HashMap<&'a str, &'a str>,
}

impl<'a> Changes<'a> {
    /// Compares a named thing that may be missing on either side.
    fn compare(&mut self, subject: String, from: Option<String>, to: Option<String>) {
        let change = match (from, to) {
            (Some(from), Some(to)) if from == to => return,
            (None, None) => return,
            (Some(from), Some(to)) => Change::Changed { subject, from, to },
            (Some(value), None) => Change::Removed { subject, value },
            (None, Some(value)) => Change::Added { subject, value },
        };
        self.changes.push(change);
    }

    fn compare_values(&mut self, subject: String, from: Option<&Value>, to: Option<&Value>) {
        let is_same = match (from, to) {
            (Some(from), Some(to)) => self.is_same(from, to),
            (from, to) => from.is_none() && to.is_none(),
        };
        if !is_same {
            self.compare(
                subject,
                from.map(Value::to_string),
                to.map(Value::to_string),
            );
        }
    }

    fn requires(&mut self, a: &Document, b: &Document) {
        for (pack, from, to) in pairs(&a.requires, &b.requires, |it| &it.pack) {
            let version = |it: &Requirement| Literal::Text(it.version.text.clone()).to_string();
            self.compare(
                format!("requires.{pack}"),
                from.map(version),
                to.map(version),
            );
        }
    }

    fn inputs(&mut self, a: &Document, b: &Document) {
        for (name, from, to) in pairs(&a.inputs, &b.inputs, |it| &it.name) {
            let subject = format!("inputs.{name}");
            match (from, to) {
                (Some(from), Some(to)) => self.input(&subject, from, to),
                (from, to) => self.compare(subject, from.map(declaration), to.map(declaration)),
            }
        }
    }

    fn input(&mut self, subject: &str, from: &InputDecl, to: &InputDecl) {
        let ty = |input: &InputDecl| Some(input.ty.text.clone());
        self.compare(format!("{subject}.type"), ty(from), ty(to));
        let (from_default, to_default) = (from.default.as_ref(), to.default.as_ref());
        self.compare_values(format!("{subject}.default"), from_default, to_default);
        let help = |input: &InputDecl| {
            let text = Literal::Text(input.help.clone()).to_string();
            Some(text).filter(|_| !input.help.is_empty())
        };
        self.compare(format!("{subject}.help"), help(from), help(to));
        let range = |input: &InputDecl| input.range.as_ref().map(|(range, _)| range.to_string());
        self.compare(format!("{subject}.range"), range(from), range(to));
        let list = |input: &InputDecl| Some(input.is_list.to_string());
        self.compare(format!("{subject}.list"), list(from), list(to));
    }

    fn nodes(&mut self, a: &'a Document, b: &'a Document) {
        let mut met = HashSet::new();
        for from in &a.nodes {
            let renamed = self.renames.get(from.name.text.as_str()).copied();
            let name = renamed.unwrap_or(&from.name.text);
            let Some(place) = b.place_of(name) else {
                self.compare(from.name.text.clone(), Some(call(from)), None);
                continue;
            };
            met.insert(place);
            if renamed.is_some() {
                self.changes.push(Change::Renamed {
                    from: from.name.text.clone(),
                    to: name.to_owned(),
                });
            }
            self.node(name, from, &b.nodes[place]);
        }
        for (place, to) in b.nodes.iter().enumerate() {
            if !met.contains(&place) {
                self.compare(to.name.text.clone(), None, Some(call(to)));
            }
        }
    }

    fn node(&mut self, name: &str, from: &NodeDecl, to: &NodeDecl) {
        let kind = |node: &NodeDecl| Some(node.kind.text.clone());
        self.compare(name.to_owned(), kind(from), kind(to));
        for (input, from, to) in pairs(&from.values, &to.values, |(name, _)| name) {
            let [from, to] = [from, to].map(|it| it.map(|(_, value)| value));
            self.compare_values(format!("{name}.{input}"), from, to);
        }
    }

    fn outputs(&mut self, a: &Document, b: &Document) {
        for (name, from, to) in pairs(&a.outputs, &b.outputs, |it| &it.name) {
            let [from, to] = [from, to].map(|it| it.map(|it| &it.value));
            self.compare_values(format!("outputs.{name}"), from, to);
        }
    }

    /// Whether two values mean the same, wires to renamed nodes included.
    fn is_same(&self, from: &Value, to: &Value) -> bool {
        match (&from.kind, &to.kind) {
            (
                ValueKind::Wire { node, output },
                ValueKind::Wire {
                    node: to_node,
                    output: to_output,
                },
            ) => {
                let renamed = self.renames.get(node.as_str()).copied();
                renamed.unwrap_or(node) == to_node && output == to_output
            }
            (ValueKind::Literal(from), ValueKind::Literal(to)) => is_same_literal(from, to),
            (ValueKind::List(from), ValueKind::List(to))
            | (ValueKind::Tuple(from), ValueKind::Tuple(to)) => {
                from.len() == to.len()
                    && from.iter().zip(to).all(|(from, to)| self.is_same(from, to))
            }
            (
                ValueKind::Call { name, arguments },
                ValueKind::Call {
                    name: to_name,
                    arguments: to_arguments,
                },
            ) => {
                let text = |name: &Option<Name>| name.as_ref().map(|name| name.text.clone());
                name.text == to_name.text
                    && arguments.len() == to_arguments.len()
                    && arguments
                        .iter()
                        .zip(to_arguments)
                        .all(|((name, from), (to_name, to))| {
                            text(name) == text(to_name) && self.is_same(from, to)
                        })
            }
            _ => from.to_string() == to.to_string(),
        }
    }
}

fn is_same_literal(from: &Literal, to: &Literal) -> bool {
    match (from, to) {
        (Literal::Integer(from), Literal::Integer(to)) => from == to,
        // A whole number is a number too. NaN is the same as itself here.
        _ => match (from.as_number(), to.as_number()) {
            (Some(from), Some(to)) => from == to || (from.is_nan() && to.is_nan()),
            _ => from == to,
        },
    }
}

/// What has the same name on both sides: all of the first, then what only the second has.
fn pairs<'n, T>(
    a: &'n [T],
    b: &'n [T],
    name: impl Fn(&'n T) -> &'n Name,
) -> Vec<(&'n str, Option<&'n T>, Option<&'n T>)> {
    let name = |named: &'n T| name(named).text.as_str();
    let firsts: HashSet<&str> = a.iter().map(name).collect();
    let mut seconds: HashMap<&str, &T> = b.iter().map(|it| (name(it), it)).collect();
    let mut pairs: Vec<_> = a
        .iter()
        .map(|it| (name(it), Some(it), seconds.remove(name(it))))
        .collect();
    let only_second = b.iter().filter(|it| !firsts.contains(name(it)));
    pairs.extend(only_second.map(|it| (name(it), None, Some(it))));
    pairs
}

/// A node as a file writes it.
fn call(node: &NodeDecl) -> String {
    let values = node.values.iter();
    let values: Vec<String> = values
        .map(|(name, value)| format!("{}: {value}", name.text))
        .collect();
    format!("{}({})", node.kind.text, values.join(", "))
}

/// An input as a file declares it, without its help.
fn declaration(input: &InputDecl) -> String {
    let mut settings = Vec::new();
    if let Some(default) = &input.default {
        settings.push(format!("default: {default}"));
    }
    if let Some((range, _)) = &input.range {
        settings.push(format!("range: {range}"));
    }
    if input.is_list {
        settings.push("list: true".to_owned());
    }
    format!("{}({})", input.ty.text, settings.join(", "))
}
