//! `picture.Duotone`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{Color, Image},
};
use weft_vision::{
    color::{join_alpha, luma, split_alpha},
    paint::between,
};

/// Print a picture in two colours.
///
/// The luma of each pixel says how much of each colour it has. Alpha stays.
#[derive(Inputs)]
pub struct Duotone {
    /// Picture to print.
    pub image: Image,
    /// Colour of black.
    #[input(default = "#1b1464")]
    pub shadows: Color,
    /// Colour of white.
    #[input(default = "#ffe8b0")]
    pub highlights: Color,
}

impl Node for Duotone {
    const ID: &'static str = "picture.Duotone";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let color = between(
            luma(&self.image),
            &self.shadows.0[..3],
            &self.highlights.0[..3],
        );
        let alpha = split_alpha(self.image.into_pixels()).1;
        Ok(Image::new(join_alpha(color, alpha)))
    }
}
