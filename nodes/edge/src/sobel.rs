//! `edge.Sobel`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{Image, Mask},
};
use weft_vision::{color::luma, edge};

/// Measure how fast the luma changes.
///
/// The magnitude of Sobel's gradient: the root mean square of the differences across and down, each over
/// two pixels and smoothed by (1, 2, 1)/4. A sharp step from black to white has 0.71. Photographs stay far
/// below; raise `gain` to see more.
#[derive(Inputs)]
pub struct Sobel {
    /// Picture to measure.
    pub image: Image,
    /// Factor on the gradient, before it is cut at 1.
    #[input(default = 1.0, range = 0.0..=64.0)]
    pub gain: f32,
}

impl Node for Sobel {
    const ID: &str = "edge.Sobel";
    type Output = Mask;

    fn run(self, _: &mut Context) -> Result<Mask> {
        let magnitude = edge::sobel_magnitude(luma(&self.image), self.gain);
        Ok(Mask::new(magnitude))
    }
}
