//! What every upscaling network does.

use std::fmt::Debug;

use burn::tensor::Tensor;

/// The work was stopped by who watches its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stopped;

/// Called after each step of the work.
pub(super) type Step<'a> = &'a mut dyn FnMut() -> Result<(), Stopped>;

/// A network that enlarges pictures by a whole factor.
pub(super) trait Enlarge: Debug + Send + Sync {
    /// By how much it enlarges each side, 1 or more.
    fn scale(&self) -> usize;

    /// How often it calls `step` for one picture.
    fn steps(&self) -> usize;

    /// How many pixels of the small picture to each side have a say in a pixel, at most.
    fn reach(&self) -> usize;

    /// Its own raster: a part of a picture is seen as in the whole if it starts at a multiple of this.
    fn grain(&self) -> usize {
        1
    }

    /// The picture enlarged.
    ///
    /// # Shapes
    /// - rgb: `[batch, 3, height, width]`, sRGB-encoded, 0..=1; no axis is 0
    /// - result: `[batch, 3, scale · height, scale · width]`, about 0..=1
    ///
    /// # Errors
    /// `step` stopped the work.
    fn forward(&self, rgb: Tensor<4>, step: Step<'_>) -> Result<Tensor<4>, Stopped>;
}
