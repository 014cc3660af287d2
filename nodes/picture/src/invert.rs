//! `picture.Invert`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{ColorSpace, Image},
};
use weft_vision::color::{in_space, join_alpha, split_alpha};

/// Turn a picture into its negative.
///
/// One less each sRGB-encoded colour. Alpha stays.
#[derive(Inputs)]
pub struct Invert {
    /// Picture to turn.
    pub image: Image,
}

impl Node for Invert {
    const ID: &'static str = "picture.Invert";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let space = self.image.space();
        let encoded = in_space(&self.image, ColorSpace::Srgb).into_pixels();
        let (color, alpha) = split_alpha(encoded);
        let negative = Image::new(join_alpha(color.neg() + 1.0, alpha));
        Ok(in_space(&negative, space))
    }
}
