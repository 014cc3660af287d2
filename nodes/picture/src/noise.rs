//! `picture.Noise`.

use weft_node::{
    Choice, Context, Inputs, Node, Result,
    value::{Image, Seed},
};
use weft_vision::noise;

use crate::size::wanted;

/// How noise is spread.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum NoiseKind {
    /// Evenly over 0 to 1.
    Uniform,
    /// As a bell around 0.5, with a deviation of 1/6, cut off at 0 and 1.
    Gaussian,
}

/// Make a picture of noise.
///
/// A seed gives the same picture on every device (Philox 4x32-10).
#[derive(Inputs)]
pub struct Noise {
    /// Picture whose size to take, instead of `width` and `height`.
    pub like: Option<Image>,
    /// Width, in pixels.
    #[input(default = 512, range = 1..=65535)]
    pub width: usize,
    /// Height, in pixels.
    #[input(default = 512, range = 1..=65535)]
    pub height: usize,
    /// Where the random numbers start.
    #[input(default = 0)]
    pub seed: Seed,
    /// How they are spread.
    #[input(default = NoiseKind::Uniform)]
    pub kind: NoiseKind,
    /// Whether red, green and blue differ.
    #[input(default = false)]
    pub color: bool,
}

impl Node for Noise {
    const ID: &'static str = "picture.Noise";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        let (height, width) = wanted(self.like.as_ref(), (self.height, self.width))?;
        let shape = [1, if self.color { 3 } else { 1 }, height, width];
        let device = context.device();
        Ok(Image::new(match self.kind {
            NoiseKind::Uniform => noise::uniform(shape, self.seed.0, device),
            NoiseKind::Gaussian => {
                (noise::normal(shape, self.seed.0, device) / 6.0 + 0.5).clamp(0.0, 1.0)
            }
        }))
    }
}
