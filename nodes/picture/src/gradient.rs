//! `picture.Gradient`.

use weft_node::{
    Choice, Context, Inputs, Node, Result,
    value::{Color, Image},
};
use weft_vision::paint::{Run, gradient};

use crate::{size::wanted, solid::channels};

/// How a gradient runs.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum GradientShape {
    /// Along a straight line, from corner to corner.
    Linear,
    /// From the middle to the corners.
    Radial,
}

/// Make a picture that runs from one colour to another.
#[derive(Inputs)]
pub struct Gradient {
    /// Picture whose size to take, instead of `width` and `height`.
    pub like: Option<Image>,
    /// Width, in pixels.
    #[input(default = 512, range = 1..=65535)]
    pub width: usize,
    /// Height, in pixels.
    #[input(default = 512, range = 1..=65535)]
    pub height: usize,
    /// Colour at the start.
    #[input(default = "#000000")]
    pub from: Color,
    /// Colour at the end.
    #[input(default = "#ffffff")]
    pub to: Color,
    /// How it runs.
    #[input(default = GradientShape::Linear)]
    pub shape: GradientShape,
    /// Direction of a linear one, in degrees from the right downwards.
    #[input(default = 0.0, range = -360.0..=360.0)]
    pub angle: f32,
}

impl Node for Gradient {
    const ID: &'static str = "picture.Gradient";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        let size = wanted(self.like.as_ref(), (self.height, self.width))?;
        let run = match self.shape {
            GradientShape::Linear => Run::Line(self.angle),
            GradientShape::Radial => Run::Middle,
        };
        let count = channels(&self.from).max(channels(&self.to));
        let colors = [&self.from.0[..count], &self.to.0[..count]];
        Ok(Image::new(gradient(size, run, colors, context.device())))
    }
}
