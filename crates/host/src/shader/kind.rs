//! The node of a shader, as the engine sees it.

use burn::tensor::Tensor;
use weft_node::{Context, Effect, Error, Facts, Kind, Literal, NodeSpec, Result, Values};
use weft_tensor::Shader;
use weft_value::{AnyValue, Color, Image, Mask, Seed};

use super::{
    header::{Header, Size, Type},
    prelude,
};
use crate::{literal, native};

/// The node of a shader.
pub(super) struct ShaderKind {
    spec: NodeSpec,
    shader: Shader,
    inputs: Vec<(String, Type)>,
    size: Size,
    output: Type,
}

/// What the inputs of one call come to.
#[derive(Default)]
struct Taken {
    pictures: Vec<Tensor<4>>,
    /// Of each input, the numbers of the uniforms that it takes.
    numbers: Vec<Vec<f32>>,
    has_alpha: bool,
}

impl ShaderKind {
    pub(super) fn new(header: &Header, shader: Shader) -> Self {
        let inputs = header.inputs.iter();
        Self {
            spec: NodeSpec {
                id: header.id.clone(),
                version: 1,
                help: header.help.clone(),
                effect: Effect::Pure,
                inputs: inputs.clone().map(super::header::Input::spec).collect(),
                outputs: vec![header.output.spec()],
            },
            shader,
            inputs: inputs.map(|input| (input.name.clone(), input.ty)).collect(),
            size: header.output.size,
            output: header.output.ty,
        }
    }

    fn taken(&self, values: &Values) -> Result<Taken> {
        let mut taken = Taken::default();
        for (name, ty) in &self.inputs {
            let value = values.get(name);
            let lack = || Error::input(native::forever(name), "has no value of its type");
            let numbers = value
                .and_then(|value| taken.add(*ty, value))
                .ok_or_else(lack)?;
            taken.numbers.push(numbers);
        }
        Ok(taken)
    }

    /// Rows and columns of the result.
    fn size(&self, taken: &Taken) -> Result<[usize; 2]> {
        match self.size {
            Size::Like(place, times) => {
                let axis = |axis: f32| ((f64::from(axis) * times).round() as usize).max(1);
                Ok([axis(taken.numbers[place][2]), axis(taken.numbers[place][3])])
            }
            Size::Of(width, height) => {
                let axis = |place: usize| match taken.numbers[place][0] {
                    axis if axis >= 1.0 => Ok(axis as usize),
                    _ => Err(Error::input(
                        native::forever(&self.inputs[place].0),
                        "must be 1 or more",
                    )),
                };
                Ok([axis(height)?, axis(width)?])
            }
        }
    }
}

impl Taken {
    /// Takes a value: pictures as they are, and the numbers of the uniforms.
    fn add(&mut self, ty: Type, value: &AnyValue) -> Option<Vec<f32>> {
        Some(match ty {
            Type::Image => {
                let image = value.get::<Image>()?;
                self.has_alpha |= self.pictures.is_empty() && image.channels() == 4;
                self.picture(image.pixels())
            }
            Type::Mask => self.picture(value.get::<Mask>()?.coverage()),
            Type::Number => vec![*value.get::<f64>()? as f32],
            Type::Integer => vec![*value.get::<i64>()? as f32],
            Type::Bool => vec![f32::from(u8::from(*value.get::<bool>()?))],
            Type::Color => value.get::<Color>()?.0.to_vec(),
            // A float holds whole numbers of 16 bits and more exactly.
            Type::Seed => {
                let seed = value.get::<Seed>()?.0;
                vec![(seed >> 16 & 0xffff) as f32, (seed & 0xffff) as f32]
            }
        })
    }

    fn picture(&mut self, tensor: Tensor<4>) -> Vec<f32> {
        let axes = tensor.dims().map(|axis| axis as f32);
        self.pictures.push(tensor);
        axes.to_vec()
    }
}

impl Kind for ShaderKind {
    fn spec(&self) -> NodeSpec {
        self.spec.clone()
    }

    fn literal(&self, port: &str, literal: &Literal) -> Result<AnyValue, String> {
        literal::value(&self.spec, port, literal)
    }

    fn check(&self, _: &Facts<'_>) -> Result<()> {
        Ok(())
    }

    fn run(&self, values: &mut Values, context: &mut Context) -> Result<Vec<AnyValue>> {
        context.step(0, 1)?;
        let taken = self.taken(values)?;
        let batch = taken.pictures.iter().map(|tensor| tensor.dims()[0]).max();
        let channels = match self.output {
            Type::Mask => 1,
            _ if taken.has_alpha => 4,
            _ => 3,
        };
        let [height, width] = self.size(&taken)?;
        let shape = [batch.unwrap_or(1), channels, height, width];
        let mut uniforms = shape.map(|axis| axis as f32).to_vec();
        debug_assert_eq!(uniforms.len(), prelude::RESULT);
        uniforms.extend(taken.numbers.iter().flatten());
        let made = self
            .shader
            .run(&taken.pictures, &uniforms, shape, context.device());
        let made = made.map_err(|error| Error::Missing(error.to_string()))?;
        Ok(vec![match self.output {
            Type::Mask => AnyValue::new(Mask::new(made)),
            _ => AnyValue::new(Image::new(made)),
        }])
    }
}
