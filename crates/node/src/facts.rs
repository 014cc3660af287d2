//! What is known of a node's inputs before anything runs.

use weft_value::{AnyValue, Port};

use crate::Values;

/// What is known of a node's inputs before anything runs: the values that are written in the file, and how
/// the others are written.
pub struct Facts<'a> {
    known: &'a Values,
    written: &'a [(String, Written)],
}

/// How an input is written: enough to count and name what will come.
#[derive(Clone, Debug)]
pub enum Written {
    /// A value.
    Value(AnyValue),
    /// What another node gives.
    Wire {
        /// Whether it is a list, so that nobody knows yet how many.
        is_list: bool,
    },
    /// A list in brackets.
    List(Vec<Written>),
    /// A call such as `Image("a cat", Wire("cat"))`.
    Call {
        /// The word before the brackets.
        name: String,
        /// Its arguments, by name.
        arguments: Vec<(String, Written)>,
    },
}

impl<'a> Facts<'a> {
    /// Facts from the values known so far.
    pub fn new(known: &'a Values) -> Self {
        let written = &[];
        Self { known, written }
    }

    /// Facts from the values known so far, and from how each input is written.
    pub fn with_written(known: &'a Values, written: &'a [(String, Written)]) -> Self {
        Self { known, written }
    }

    /// The values known so far.
    pub fn known(&self) -> &'a Values {
        self.known
    }

    /// The value of an input, if it is known.
    pub fn get<P: Port>(&self, input: &str) -> Option<P> {
        P::take(Some(self.known.get(input)?.clone())).ok()
    }

    /// How an input is written; `None` if it is left out.
    pub fn written(&self, input: &str) -> Option<&'a Written> {
        let mut written = self.written.iter();
        written.find(|(name, _)| name == input).map(|(_, it)| it)
    }
}
