//! Holding an enlarged picture to the small one.

use burn::tensor::Tensor;
use weft_vision::resample::{Filter, resize};

/// The large picture, moved so that its mean over each small pixel comes nearer to that pixel: one step of
/// back-projection (Irani and Peleg 1991). It brings back colours and soft shades that a network lost, and
/// leaves outlines where they are. `fidelity` of 0 changes nothing.
///
/// # Shapes
/// - large: `[batch, 3, scale · height, scale · width]`, 0..=1; result: the same
/// - small: `[batch, 3, height, width]`, 0..=1
pub(crate) fn held(large: Tensor<4>, small: Tensor<4>, fidelity: f32) -> Tensor<4> {
    if fidelity == 0.0 {
        return large;
    }
    let [_, _, height, width] = small.dims();
    let [_, _, new_height, new_width] = large.dims();
    let lost = small - resize(large.clone(), (height, width), Filter::Area);
    // What is lost may be below 0, where `resize` would cut it off; around a half it is not.
    let around_half = resize(lost * 0.5 + 0.5, (new_height, new_width), Filter::Bicubic);
    (large + (around_half - 0.5) * (2.0 * fidelity)).clamp(0.0, 1.0)
}
