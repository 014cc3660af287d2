//! How light a picture is.

use weft_node::{Context, Image, Inputs, Node, Outputs, Result};

use crate::tones::luma;

/// Measures how light a picture is.
#[derive(Inputs)]
pub struct Levels {
    /// Picture to measure.
    pub image: Image,
}

/// How light a picture is.
#[derive(Outputs)]
pub struct Measured {
    /// Luma of its darkest pixel.
    pub darkest: f64,
    /// Luma of its lightest pixel.
    pub lightest: f64,
    /// Mean luma.
    pub mean: f64,
}

impl Node for Levels {
    const ID: &str = "weft.posterize.Levels";
    type Output = Measured;

    fn run(self, _: &mut Context) -> Result<Measured> {
        let [_, channels, height, width] = self.image.dims();
        let luma = luma(&self.image.pixels()?, channels, height * width);
        let sum: f64 = luma.iter().copied().map(f64::from).sum();
        Ok(Measured {
            darkest: luma.iter().copied().fold(f32::INFINITY, f32::min).into(),
            lightest: luma
                .iter()
                .copied()
                .fold(f32::NEG_INFINITY, f32::max)
                .into(),
            mean: sum / luma.len() as f64,
        })
    }
}
