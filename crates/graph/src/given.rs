//! Values that the caller sets for a graph's inputs.

use std::{collections::BTreeMap, path::PathBuf};

use weft_spec::Literal;

/// Values that the caller sets for a graph's inputs, by name.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The folder that relative paths set here start from.
    pub folder: PathBuf,
    pub(crate) values: BTreeMap<String, GivenValue>,
}

#[derive(Clone, Debug)]
pub(crate) enum GivenValue {
    /// As on a command line: texts, paths and colours without quotes, everything else as in a graph file.
    Text(String),
    Literal(Literal),
}

impl Given {
    /// No values: every input has its default.
    pub fn none() -> Self {
        Self::default()
    }

    /// Sets an input from raw text, which the declared type reads: a text, path or colour stands without
    /// quotes, everything else as in a graph file. A second value for a name replaces the first.
    pub fn set_text(&mut self, name: &str, text: &str) {
        let value = GivenValue::Text(text.to_owned());
        self.values.insert(name.to_owned(), value);
    }

    /// Sets an input to a literal. A second value for a name replaces the first.
    pub fn set_literal(&mut self, name: &str, literal: Literal) {
        self.values
            .insert(name.to_owned(), GivenValue::Literal(literal));
    }
}
