//! Colours for what is clear, so that the network sees no edge where only transparency changes.

use burn::tensor::Tensor;
use weft_vision::{
    color::split_alpha,
    resample::{Filter, resize},
};

/// The colour of each pixel, as far as it is clear replaced by the colours around it. Pixels without alpha
/// stay as they are.
///
/// Means over ever larger squares, then from the largest back, each laid over the one before (push and pull,
/// Gortler et al. 1996).
///
/// # Shapes
/// pixels: `[batch, 1, 3 or 4, height, width]`, result: `[batch, 1 or 3, height, width]`
pub(crate) fn filled(pixels: Tensor<4>) -> Tensor<4> {
    let (color, Some(alpha)) = split_alpha(pixels.clone()) else {
        return pixels;
    };
    let mut levels = vec![(color * alpha.clone(), alpha)];
    while let Some((weighted, alpha)) = levels.last() {
        let [_, _, height, width] = alpha.dims();
        if height == 1 && width == 1 {
            break;
        }
        let half = (height.div_ceil(2), width.div_ceil(2));
        let halved = |x: &Tensor<4>| resize(x.clone(), half, Filter::Area);
        levels.push((halved(weighted), halved(alpha)));
    }
    let behind = levels
        .pop()
        .map(|(weighted, alpha)| weighted / alpha.clamp_min(SMALLEST));
    let over = |behind: Option<Tensor<4>>, (weighted, alpha): (Tensor<4>, Tensor<4>)| {
        let [_, _, height, width] = alpha.dims();
        let behind = resize(behind?, (height, width), Filter::Bilinear);
        Some(weighted + behind * (alpha * -1.0 + 1.0))
    };
    levels
        .into_iter()
        .rev()
        .fold(behind, over)
        .unwrap_or(pixels)
}

/// Keeps a picture that is clear all over black instead of nothing by nothing.
const SMALLEST: f32 = 1e-6;
