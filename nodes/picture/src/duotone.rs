//! `picture.Duotone`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{Color, Image},
};
use weft_vision::paint::duotone;

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
        let [shadows, highlights] =
            [self.shadows, self.highlights].map(|color| [color.0[0], color.0[1], color.0[2]]);
        Ok(duotone(&self.image, shadows, highlights))
    }
}
