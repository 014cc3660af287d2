//! A value as a file writes it: a wire, a graph input, a literal or a list of these.

use std::fmt;

use weft_spec::{Literal, Span};

use super::{Name, fields::Reading};
use crate::{
    problem::form::BadReference,
    text::{
        leaf::{self, Number},
        token::{Bracket, TokenKind, tokens},
        tree::{Group, Item, Shape, Tree},
    },
};

/// A value and where it is written.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) kind: ValueKind,
    pub(crate) span: Span,
}

/// What is written.
#[derive(Clone, Debug)]
pub(crate) enum ValueKind {
    /// `Wire("node")` or `Wire("node.output")`.
    Wire {
        node: String,
        output: Option<String>,
    },
    /// `Input("name")`.
    Input(String),
    /// A literal that is a single token.
    Literal(Literal),
    List(Vec<Value>),
    Tuple(Vec<Value>),
    /// `Name(…)`, a value made of others.
    Call {
        name: Name,
        /// Each with its name, if it has one.
        arguments: Vec<(Option<Name>, Value)>,
    },
    /// A whole number beyond 64 bits, as it is written.
    TooLarge(String),
    /// Valid RON that no format of ours knows, with one space between its tokens; kept, and a mistake only if
    /// a node takes it.
    Unknown(String),
    /// Its mistake is reported already.
    Broken,
}

impl Value {
    /// A literal that stands for the whole of `span`.
    pub(crate) fn of(literal: Literal, span: Span) -> Self {
        let each = |items: Vec<Literal>| {
            let items = items.into_iter();
            items.map(|item| Self::of(item, span.clone())).collect()
        };
        let kind = match literal {
            Literal::List(items) => ValueKind::List(each(items)),
            Literal::Tuple(items) => ValueKind::Tuple(each(items)),
            leaf => ValueKind::Literal(leaf),
        };
        Self { kind, span }
    }

    /// The literal, if it is one through and through.
    pub(crate) fn literal(&self) -> Option<Literal> {
        match &self.kind {
            ValueKind::Literal(literal) => Some(literal.clone()),
            ValueKind::List(items) => literals(items).map(Literal::List),
            ValueKind::Tuple(items) => literals(items).map(Literal::Tuple),
            _ => None,
        }
    }

    /// Whether it is a reference or a list with one in it.
    pub(crate) fn has_reference(&self) -> bool {
        match &self.kind {
            ValueKind::Wire { .. } | ValueKind::Input(_) => true,
            ValueKind::List(items) | ValueKind::Tuple(items) => {
                items.iter().any(Self::has_reference)
            }
            ValueKind::Call { arguments, .. } => {
                arguments.iter().any(|(_, value)| value.has_reference())
            }
            _ => false,
        }
    }

    /// Whether it is more than a literal: a reference, a call, or a list or tuple with one in it.
    pub(crate) fn is_made(&self) -> bool {
        match &self.kind {
            ValueKind::Wire { .. } | ValueKind::Input(_) | ValueKind::Call { .. } => true,
            ValueKind::List(items) | ValueKind::Tuple(items) => items.iter().any(Self::is_made),
            _ => false,
        }
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.kind {
            ValueKind::List(items) => items,
            _ => &[],
        }
    }
}

/// Writes the value as a file would, on one line.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ValueKind::Wire { node, output: None } => {
                write!(f, "Wire({})", Literal::Text(node.clone()))
            }
            ValueKind::Wire {
                node,
                output: Some(output),
            } => write!(f, "Wire({})", Literal::Text(format!("{node}.{output}"))),
            ValueKind::Input(name) => write!(f, "Input({})", Literal::Text(name.clone())),
            ValueKind::Literal(literal) => write!(f, "{literal}"),
            ValueKind::List(items) => write_items(f, items, ('[', ']')),
            ValueKind::Tuple(items) => write_items(f, items, ('(', ')')),
            ValueKind::Call { name, arguments } => {
                write!(f, "{}(", name.text)?;
                for (place, (name, value)) in arguments.iter().enumerate() {
                    let comma = if place == 0 { "" } else { ", " };
                    match name {
                        Some(name) => write!(f, "{comma}{}: {value}", name.text)?,
                        None => write!(f, "{comma}{value}")?,
                    }
                }
                f.write_str(")")
            }
            ValueKind::TooLarge(written) | ValueKind::Unknown(written) => f.write_str(written),
            ValueKind::Broken => f.write_str("?"),
        }
    }
}

fn write_items(
    f: &mut fmt::Formatter<'_>,
    items: &[Value],
    (open, close): (char, char),
) -> fmt::Result {
    write!(f, "{open}")?;
    for (place, item) in items.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    write!(f, "{close}")
}

fn literals(items: &[Value]) -> Option<Vec<Literal>> {
    items.iter().map(Value::literal).collect()
}

/// Reads a value. Its depth is bounded by that of the tree.
pub(super) fn value(reading: &mut Reading<'_>, tree: &Tree) -> Value {
    let kind = match &tree.shape {
        Shape::Leaf(token) => leaf_value(reading.text(&tree.span), *token),
        Shape::Group(group) => group_value(reading, tree, group),
    };
    Value {
        kind,
        span: tree.span.clone(),
    }
}

fn leaf_value(written: &str, token: TokenKind) -> ValueKind {
    let unknown = || ValueKind::Unknown(written.to_owned());
    let literal = match token {
        TokenKind::Word => return word_value(leaf::word(written)),
        TokenKind::Number => match leaf::number(written) {
            Some(Number::Integer(value)) => Literal::Integer(value),
            Some(Number::Real(value)) => Literal::Number(value),
            Some(Number::TooLarge) => return ValueKind::TooLarge(written.to_owned()),
            None => return unknown(),
        },
        TokenKind::Text => match leaf::quoted(written) {
            Ok(text) => Literal::Text(text.into_owned()),
            Err(_) => return unknown(),
        },
        TokenKind::Char => match leaf::character(written) {
            Some(literal) => literal,
            None => return unknown(),
        },
        _ => return unknown(),
    };
    ValueKind::Literal(literal)
}

fn word_value(word: &str) -> ValueKind {
    ValueKind::Literal(match word {
        "true" => Literal::Bool(true),
        "false" => Literal::Bool(false),
        _ => match leaf::word_number(word) {
            Some(number) => Literal::Number(number),
            None => Literal::Name(word.to_owned()),
        },
    })
}

fn group_value(reading: &mut Reading<'_>, tree: &Tree, group: &Group) -> ValueKind {
    let has_keys = group.has_keys() && !group.items.is_empty();
    match (&group.name, group.bracket) {
        (Some(name), _) => named_value(reading, tree, group, reading.word(name)),
        (None, Bracket::Square) => ValueKind::List(items(reading, group)),
        (None, Bracket::Round) if !has_keys => ValueKind::Tuple(items(reading, group)),
        (None, _) => unknown(reading, tree),
    }
}

/// The value as it is written, without comments and line breaks.
fn unknown(reading: &Reading<'_>, tree: &Tree) -> ValueKind {
    let written = reading.text(&tree.span);
    let tokens = tokens(written).unwrap_or_default();
    let words = tokens.iter().filter(|token| !token.is_comment());
    let words: Vec<&str> = words.map(|token| &written[token.span()]).collect();
    ValueKind::Unknown(words.join(" "))
}

fn items(reading: &mut Reading<'_>, group: &Group) -> Vec<Value> {
    let items = group.items.iter();
    items.map(|item| value(reading, &item.value)).collect()
}

/// A call; its arguments are looked at when it is known what takes it.
fn call(reading: &mut Reading<'_>, group: &Group, name: &Name) -> ValueKind {
    let argument = |item: &Item| {
        let name = item.key.as_ref().map(|key| reading.word(&key.span));
        (name, value(reading, &item.value))
    };
    ValueKind::Call {
        name: name.clone(),
        arguments: group.items.iter().map(argument).collect(),
    }
}

fn named_value(reading: &mut Reading<'_>, tree: &Tree, group: &Group, name: Name) -> ValueKind {
    let (written, help) = match name.text.as_str() {
        "Wire" => ("Wire", "write `Wire(\"node\")` or `Wire(\"node.output\")`"),
        "Input" => (
            "Input",
            "write `Input(\"name\")`, a name of the graph's `inputs`",
        ),
        _ if group.bracket == Bracket::Round => return call(reading, group, &name),
        _ => return unknown(reading, tree),
    };
    let referred = match group.items.as_slice() {
        [item]
            if item.key.is_none() && matches!(item.value.shape, Shape::Leaf(TokenKind::Text)) =>
        {
            leaf::quoted(reading.text(&item.value.span)).ok()
        }
        _ => None,
    };
    let Some(referred) = referred.filter(|name| !name.is_empty()) else {
        reading.add(BadReference {
            written,
            help,
            at: tree.span.clone(),
        });
        return ValueKind::Broken;
    };
    if written == "Input" {
        return ValueKind::Input(referred.into_owned());
    }
    match referred.split_once('.') {
        Some((node, output)) => ValueKind::Wire {
            node: node.to_owned(),
            output: Some(output.to_owned()),
        },
        None => ValueKind::Wire {
            node: referred.into_owned(),
            output: None,
        },
    }
}
