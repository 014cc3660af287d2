//! Canny's detector as a whole.

use burn::tensor::Tensor;

use super::{Unread, hysteresis, sobel, thin};

/// 1 on thin, connected edges, else 0 (Canny 1986): Gaussian blur, Sobel gradient, thinning, hysteresis.
///
/// `sigma` is the standard deviation of the blur in pixels, 0 for none; `low` and `high` are magnitudes of
/// the [`sobel`] gradient. The same edges as `skimage.feature.canny` finds with `mode="nearest"`, and with
/// thresholds that are 4√2 times these, since it takes them on plain sums.
///
/// # Shapes
/// luma and result: `[batch, 1, height, width]`
///
/// # Errors
/// The device did not give its pixels back, which [`hysteresis`] asks for.
pub fn canny(luma: Tensor<4>, sigma: f32, low: f32, high: f32) -> Result<Tensor<4>, Unread> {
    let gradient = sobel(gaussian(luma, sigma));
    hysteresis(thin(&gradient), low, high)
}

fn gaussian(luma: Tensor<4>, sigma: f32) -> Tensor<4> {
    use burn::tensor::{TensorData, module::conv2d, ops::{ConvOptions, PadMode}};
    if sigma == 0.0 {
        return luma;
    }
    let radius = (4.0 * f64::from(sigma) + 0.5) as usize;
    let weights: Vec<f64> = (0..=2 * radius)
        .map(|i| (-0.5 * ((i as f64 - radius as f64) / f64::from(sigma)).powi(2)).exp())
        .collect();
    let sum: f64 = weights.iter().sum();
    let weights: Vec<f32> = weights.into_iter().map(|w| (w / sum) as f32).collect();
    let n = weights.len();
    let column = Tensor::<4>::from_data(TensorData::new(weights, [1, 1, n, 1]), &luma.device());
    let row = column.clone().reshape([1, 1, 1, n]);
    let luma = luma.pad([(radius, radius), (radius, radius)], PadMode::Edge);
    let options = || ConvOptions::new([1, 1], [0, 0], [1, 1], 1);
    conv2d(conv2d(luma, column, None, options()), row, None, options())
}
