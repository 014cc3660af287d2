//! Words of a fixed set, as values.

use weft_spec::{Choice, Form, Literal};

use crate::{Digest, Hasher, Value};

/// Words of a fixed set that travel on wires too; `#[derive(Choice)]` on an enum says so.
pub trait Worded: Choice {}

impl<C: Worded> Value for C {
    const TYPE: &'static str = <C as Choice>::NAME;

    fn form() -> Form {
        Form::Choice(Self::specs())
    }
    fn from_literal(literal: &Literal) -> Result<Self, String> {
        Self::from_literal_word(literal)
    }
    fn digest(&self) -> Option<Digest> {
        let word = self.word().as_bytes();
        Some(Hasher::new(<C as Choice>::NAME).field(word).finish())
    }
}
