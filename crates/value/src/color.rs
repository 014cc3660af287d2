//! A colour, as people write it.

use burn::tensor::Device;
use weft_spec::{Form, Literal};

use crate::{Decode, Digest, Encode, Hasher, Malformed, Value};

/// A colour with straight alpha: red, green, blue, alpha, sRGB-encoded, each 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Color(pub [f32; 4]);

impl Value for Color {
    const TYPE: &'static str = "Color";

    fn form() -> Form {
        Form::Color
    }
    fn from_literal(literal: &Literal) -> Result<Self, String> {
        // The form has a canonical spelling, so a colour in hexadecimal is a tuple by now; a default
        // in a node's source is not, and passes through the same door.
        let Ok(Literal::Tuple(channels)) = Form::Color.read(literal) else {
            return Err(format!("{literal} is not a colour"));
        };
        let mut rgba = [1.0; 4];
        for (to, from) in rgba.iter_mut().zip(&channels) {
            *to = from.as_number().unwrap_or(1.0) as f32;
        }
        Ok(Self(rgba))
    }
    fn digest(&self) -> Option<Digest> {
        Some(
            Hasher::new(Self::TYPE)
                .field(bytemuck::bytes_of(&self.0))
                .finish(),
        )
    }
    fn encode(&self) -> Option<Encode> {
        let mut out = Encode::default();
        self.0.iter().for_each(|channel| {
            out.number(u64::from(channel.to_bits()));
        });
        Some(out)
    }
    fn decode(from: &mut Decode<'_>, _: &Device) -> Result<Self, Malformed> {
        let mut rgba = [0.0; 4];
        for channel in &mut rgba {
            *channel = f32::from_bits(from.number()? as u32);
        }
        Ok(Self(rgba))
    }
}
