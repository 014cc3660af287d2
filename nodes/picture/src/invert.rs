//! `picture.Invert`.

use weft_node::{Context, Inputs, Node, Result, value::Image};
use weft_vision::color::{join_alpha, split_alpha};

/// Turn a picture into its negative.
///
/// Alpha stays.
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
        let (color, alpha) = split_alpha(self.image.into_pixels());
        Ok(Image::in_space(join_alpha(color.neg() + 1.0, alpha), space))
    }
}
