//! `picture.Threshold`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{Image, Mask},
};
use weft_vision::color::selected;

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
        Ok(Mask::new(selected(
            &self.image,
            self.threshold,
            self.softness,
        )))
    }
}
