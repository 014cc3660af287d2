//! `picture.Threshold`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{Image, Mask},
};
use weft_vision::color::luma;

/// Select what is brighter than a threshold.
///
/// Takes luma; a mask counts as a picture of its coverage.
#[derive(Inputs)]
pub struct Threshold {
    /// Picture, or mask, to select from.
    pub image: Image,
    /// Luma from which on a pixel is selected.
    #[input(default = 0.5, range = 0.0..=1.0)]
    pub threshold: f32,
    /// Width of the soft step around the threshold, in luma; 0 for a hard one.
    #[input(default = 0.0, range = 0.0..=1.0)]
    pub softness: f32,
}

impl Node for Threshold {
    const ID: &'static str = "picture.Threshold";
    type Output = Mask;

    fn run(self, _: &mut Context) -> Result<Mask> {
        let luma = luma(&self.image);
        if self.softness <= 0.0 {
            return Ok(Mask::new(luma.greater_equal_elem(self.threshold).float()));
        }
        // Hermite's smooth step.
        let x = ((luma - self.threshold) / self.softness + 0.5).clamp(0.0, 1.0);
        Ok(Mask::new(x.clone() * x.clone() * (x * -2.0 + 3.0)))
    }
}
