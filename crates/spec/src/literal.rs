//! A value as it is written in a graph file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value as it is written in a graph file, before a port's type has read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Literal {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point or an exponent.
    Number(f64),
    /// Text in quotes.
    Text(String),
    /// A bare word, such as `Lanczos`: one of a fixed set of choices.
    Name(String),
    /// Values in square brackets.
    List(Vec<Literal>),
    /// Values in round brackets.
    Tuple(Vec<Literal>),
}

impl Literal {
    /// What a person would call this literal, with its article.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a truth value",
            Self::Integer(_) => "a whole number",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Name(_) => "a bare word",
            Self::List(_) => "a list",
            Self::Tuple(_) => "a tuple",
        }
    }

    /// The number this literal stands for, whole or not.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Number(value) => Some(*value),
            _ => None,
        }
    }
}

/// Writes the literal as RON.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Number(value) if value.is_nan() => f.write_str("NaN"),
            Self::Number(value) if value.is_infinite() => {
                f.write_str(if *value > 0.0 { "inf" } else { "-inf" })
            }
            Self::Number(value) => write!(f, "{value:?}"),
            Self::Text(value) => write_text(f, value),
            Self::Name(value) => f.write_str(value),
            Self::List(items) => write_items(f, items, '[', ']'),
            Self::Tuple(items) => write_items(f, items, '(', ')'),
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\u{{{:x}}}", c as u32)?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

fn write_items(
    f: &mut fmt::Formatter<'_>,
    items: &[Literal],
    open: char,
    close: char,
) -> fmt::Result {
    write!(f, "{open}")?;
    for (i, item) in items.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    write!(f, "{close}")
}
