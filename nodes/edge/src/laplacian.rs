//! `edge.Laplacian`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{Image, Mask},
};
use weft_vision::{color::luma, edge};

/// Measure how much pixels stand out from their neighbours.
///
/// The size of the difference between four times a pixel's luma and the sum of its four neighbours', by
/// the Laplacian. It shows both sides of an edge, fine lines and noise; blur the picture first to lose the
/// noise.
#[derive(Inputs)]
pub struct Laplacian {
    /// Picture to measure.
    pub image: Image,
    /// Factor on the difference, before it is cut at 1.
    #[input(default = 1.0, range = 0.0..=64.0)]
    pub gain: f32,
}

impl Node for Laplacian {
    const ID: &str = "edge.Laplacian";
    type Output = Mask;

    fn run(self, _: &mut Context) -> Result<Mask> {
        let magnitude = edge::laplacian_magnitude(luma(&self.image), self.gain);
        Ok(Mask::new(magnitude))
    }
}
