//! Canny's detector as a whole.

use burn::tensor::Tensor;

use super::{Unfollowed, hysteresis, sobel, thin};
use crate::filter::gaussian;

/// 1 on thin, connected edges, else 0 (Canny 1986): Gaussian blur, Sobel gradient, thinning, hysteresis.
///
/// `sigma` is the standard deviation of the blur in pixels, 0 for none; `low` and `high` are magnitudes of
/// the [`sobel`] gradient. These are the edges of `skimage.feature.canny` with `mode="reflect"` and with
/// thresholds that are 4√2 times as large, since it takes them on plain sums.
///
/// # Shapes
/// luma and result: `[batch, 1, height, width]`
///
/// # Errors
/// Those of [`hysteresis`].
pub fn canny(luma: Tensor<4>, sigma: f32, low: f32, high: f32) -> Result<Tensor<4>, Unfollowed> {
    let gradient = sobel(gaussian(luma, sigma));
    hysteresis(thin(&gradient), low, high)
}
