//! What is known of a node's inputs before anything runs.

use crate::{Port, Values};

/// What is known of a node's inputs before anything runs: the values that are written in the file.
pub struct Facts<'a> {
    known: &'a Values,
}

impl<'a> Facts<'a> {
    /// Facts from the values known so far.
    pub fn new(known: &'a Values) -> Self {
        Self { known }
    }

    /// The value of an input, if it is known.
    pub fn get<P: Port>(&self, input: &str) -> Option<P> {
        P::take(Some(self.known.get(input)?)).ok()
    }
}
