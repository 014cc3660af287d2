//! `picture.Solid`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{Color, Image},
};
use weft_vision::paint;

use crate::size::wanted;

/// Make a picture of one colour.
///
/// It has an alpha channel if the colour is not opaque.
#[derive(Inputs)]
pub struct Solid {
    /// Picture whose size to take, instead of `width` and `height`.
    pub like: Option<Image>,
    /// Width, in pixels.
    #[input(default = 512, range = 1..=65535)]
    pub width: usize,
    /// Height, in pixels.
    #[input(default = 512, range = 1..=65535)]
    pub height: usize,
    /// Colour.
    #[input(default = "#808080")]
    pub color: Color,
}

impl Node for Solid {
    const ID: &'static str = "picture.Solid";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        let size = wanted(self.like.as_ref(), (self.height, self.width))?;
        let color = &self.color.0[..channels(&self.color)];
        Ok(Image::new(paint::solid(1, size, color, context.device())))
    }
}

/// The channels that a colour needs: four if it is not opaque.
pub(crate) fn channels(color: &Color) -> usize {
    if color.0[3] < 1.0 { 4 } else { 3 }
}
