//! Truth values, numbers, text and seeds.

use burn::tensor::Device;
use weft_spec::{Form, Literal};

use crate::{Decode, Digest, Encode, Hasher, Malformed, Value};

/// The number that all randomness of a run comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seed(pub u64);

fn wrong(literal: &Literal, wanted: &str) -> String {
    format!("{} is not {wanted}", literal.noun())
}

fn digest_of(sort: &str, bytes: &[u8]) -> Option<Digest> {
    Some(Hasher::new(sort).field(bytes).finish())
}

fn encode_number(number: u64) -> Option<Encode> {
    let mut out = Encode::default();
    out.number(number);
    Some(out)
}

impl Value for bool {
    const TYPE: &'static str = "Bool";

    fn form() -> Form {
        Form::Bool
    }
    fn from_literal(literal: &Literal) -> Result<Self, String> {
        match literal {
            Literal::Bool(value) => Ok(*value),
            other => Err(wrong(other, "a truth value")),
        }
    }
    fn digest(&self) -> Option<Digest> {
        digest_of(Self::TYPE, &[u8::from(*self)])
    }
    fn encode(&self) -> Option<Encode> {
        encode_number(u64::from(*self))
    }
    fn decode(from: &mut Decode<'_>, _: &Device) -> Result<Self, Malformed> {
        Ok(from.number()? != 0)
    }
}

impl Value for i64 {
    const TYPE: &'static str = "Integer";

    fn form() -> Form {
        Form::Integer
    }
    fn from_literal(literal: &Literal) -> Result<Self, String> {
        match literal {
            Literal::Integer(value) => Ok(*value),
            other => Err(wrong(other, "a whole number")),
        }
    }
    fn digest(&self) -> Option<Digest> {
        digest_of(Self::TYPE, &self.to_le_bytes())
    }
    fn encode(&self) -> Option<Encode> {
        encode_number(self.cast_unsigned())
    }
    fn decode(from: &mut Decode<'_>, _: &Device) -> Result<Self, Malformed> {
        Ok(from.number()?.cast_signed())
    }
}

impl Value for f64 {
    const TYPE: &'static str = "Number";

    fn form() -> Form {
        Form::Number
    }
    fn from_literal(literal: &Literal) -> Result<Self, String> {
        literal
            .as_number()
            .ok_or_else(|| wrong(literal, "a number"))
    }
    fn digest(&self) -> Option<Digest> {
        digest_of(Self::TYPE, &self.to_le_bytes())
    }
    fn encode(&self) -> Option<Encode> {
        encode_number(self.to_bits())
    }
    fn decode(from: &mut Decode<'_>, _: &Device) -> Result<Self, Malformed> {
        Ok(Self::from_bits(from.number()?))
    }
}

impl Value for String {
    const TYPE: &'static str = "Text";

    fn form() -> Form {
        Form::Text
    }
    fn from_literal(literal: &Literal) -> Result<Self, String> {
        match literal {
            Literal::Text(text) => Ok(text.clone()),
            other => Err(wrong(other, "a text")),
        }
    }
    fn bytes(&self) -> u64 {
        self.len() as u64
    }
    fn digest(&self) -> Option<Digest> {
        digest_of(Self::TYPE, self.as_bytes())
    }
    fn encode(&self) -> Option<Encode> {
        let mut out = Encode::default();
        out.bytes(self.as_bytes());
        Some(out)
    }
    fn decode(from: &mut Decode<'_>, _: &Device) -> Result<Self, Malformed> {
        Self::from_utf8(from.bytes()?.to_vec()).map_err(|_| Malformed)
    }
}

impl Value for Seed {
    const TYPE: &'static str = "Seed";

    fn form() -> Form {
        Form::Integer
    }
    fn from_literal(literal: &Literal) -> Result<Self, String> {
        i64::from_literal(literal).map(|value| Self(value.cast_unsigned()))
    }
    fn digest(&self) -> Option<Digest> {
        digest_of(Self::TYPE, &self.0.to_le_bytes())
    }
    fn encode(&self) -> Option<Encode> {
        encode_number(self.0)
    }
    fn decode(from: &mut Decode<'_>, _: &Device) -> Result<Self, Malformed> {
        Ok(Self(from.number()?))
    }
}
