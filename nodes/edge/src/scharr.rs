//! `edge.Scharr`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{Image, Mask},
};
use weft_vision::{color::luma, edge};

/// Measure how fast the luma changes, alike in all directions.
///
/// As Sobel, but smoothed by (3, 10, 3)/16, which depends less on the direction of an edge and lets more
/// noise through.
#[derive(Inputs)]
pub struct Scharr {
    /// Picture to measure.
    pub image: Image,
    /// Factor on the gradient, before it is cut at 1.
    #[input(default = 1.0, range = 0.0..=64.0)]
    pub gain: f32,
}

impl Node for Scharr {
    const ID: &str = "edge.Scharr";
    type Output = Mask;

    fn run(self, _: &mut Context) -> Result<Mask> {
        let magnitude = edge::scharr_magnitude(luma(&self.image), self.gain);
        Ok(Mask::new(magnitude))
    }
}
