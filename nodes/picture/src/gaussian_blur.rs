//! `picture.GaussianBlur`.

use weft_node::{Context, Inputs, Node, Result, value::Image};
use weft_vision::filter::blurred;

/// Blur a picture.
///
/// With a Gaussian, cut off at four standard deviations, the picture mirrored at its border. What is
/// transparent does not bleed.
#[derive(Inputs)]
pub struct GaussianBlur {
    /// Picture to blur.
    pub image: Image,
    /// Standard deviation, in pixels.
    #[input(default = 2.0, range = 0.0..=200.0)]
    pub sigma: f32,
}

impl Node for GaussianBlur {
    const ID: &'static str = "picture.GaussianBlur";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let space = self.image.space();
        let pixels = blurred(self.image.into_pixels(), self.sigma);
        Ok(Image::in_space(pixels, space))
    }
}
