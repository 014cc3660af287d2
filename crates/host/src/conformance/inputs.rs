//! Inputs to try a node with, made from what it says of itself.

use burn::tensor::{Device, Tensor, TensorData};
use weft_node::Kind;
use weft_spec::{Form, Literal, PortSpec, TypeName};
use weft_tensor::constant;
use weft_value::{AnyValue, Image, Mask};

/// A picture to try with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture {
    pub(super) batch: usize,
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    /// Whether it has numbers that are none, and infinite ones.
    pub(super) is_wild: bool,
}

impl Default for Picture {
    fn default() -> Self {
        Self::of((1, 3, 24, 32))
    }
}

impl Picture {
    pub(super) fn of((batch, channels, height, width): (usize, usize, usize, usize)) -> Self {
        Self {
            batch,
            channels,
            height,
            width,
            is_wild: false,
        }
    }

    fn tensor(self, channels: usize, device: &Device) -> Tensor<4> {
        let axes = [self.batch, channels, self.height, self.width];
        let number = |place: usize| {
            if self.is_wild && place.is_multiple_of(5) {
                return [f32::NAN, f32::INFINITY, -f32::INFINITY, -7.0, 1e30][place / 5 % 5];
            }
            // Smooth waves and a little unrest, from 0 to 1.
            let wave = (place as f32 * 0.37).sin() + (place as f32 * 0.011).cos();
            wave.mul_add(0.25, 0.5)
        };
        let numbers: Vec<_> = (0..axes.iter().product()).map(number).collect();
        constant(TensorData::new(numbers, axes), device)
    }
}

/// What all inputs of a node are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) picture: Picture,
    /// Which ends of their ranges numbers take, if any.
    pub(super) upper: Option<bool>,
}

impl Sample {
    /// Defaults where there are some, and this picture.
    pub(super) fn plain(picture: Picture) -> Self {
        Self {
            picture,
            upper: None,
        }
    }

    /// The value of an input; `None` if it is left out.
    ///
    /// # Errors
    /// A sentence on why it has none that could be made here.
    pub(super) fn value(
        &self,
        kind: &dyn Kind,
        port: &PortSpec,
        device: &Device,
    ) -> Result<Option<AnyValue>, String> {
        if let Some(literal) = self.literal(port) {
            return kind.literal(&port.name, &literal).map(Some);
        }
        if port.optional {
            return Ok(None);
        }
        self.wired(&port.ty, device).map(Some)
    }

    fn wired(&self, ty: &TypeName, device: &Device) -> Result<AnyValue, String> {
        match ty.as_str() {
            "Image" => {
                let pixels = self.picture.tensor(self.picture.channels, device);
                Ok(AnyValue::new(Image::new(pixels)))
            }
            "Mask" => Ok(AnyValue::new(Mask::new(self.picture.tensor(1, device)))),
            _ => match ty.element() {
                Some(element) => {
                    let items = [self.wired(&element, device)?, self.wired(&element, device)?];
                    Ok(AnyValue::list(element, items.into()))
                }
                None => Err(format!(
                    "a value of type {ty} cannot be made to try it with"
                )),
            },
        }
    }

    /// What is written at an input: an end of its range, its default, or something of its form.
    fn literal(&self, port: &PortSpec) -> Option<Literal> {
        let end = self.upper.and_then(|upper| {
            let range = port.range?;
            let end = if upper { range.max } else { range.min };
            let is_whole = matches!(port.form, Form::Integer);
            end.map(|end| {
                if is_whole {
                    Literal::Integer(end as i64)
                } else {
                    Literal::Number(end)
                }
            })
        });
        let smallest = port.range.and_then(|range| range.min).unwrap_or(1.0);
        let some = match &port.form {
            Form::Bool => Some(Literal::Bool(true)),
            Form::Integer => Some(Literal::Integer(smallest as i64)),
            Form::Number => Some(Literal::Number(smallest)),
            Form::Text => Some(Literal::Text("a text".to_owned())),
            Form::Color => Some(Literal::Tuple(vec![Literal::Number(0.5); 4])),
            Form::Choice(words) => words.first().map(|word| Literal::Name(word.name.clone())),
            _ => None,
        };
        end.or_else(|| port.default.clone())
            .or(some.filter(|_| !port.optional))
    }
}
