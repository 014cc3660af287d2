//! `picture.Invert`.

use weft_node::{Context, Inputs, Node, Result, value::Image};
use weft_vision::color::negative;

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
        Ok(negative(&self.image))
    }
}
