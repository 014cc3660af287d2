//! Filters over a neighbourhood.

#[cfg(test)]
mod tests;

use burn::tensor::Tensor;

pub use crate::border::Border;
use crate::{
    banded::{Banded, Sums},
    color::premultiplied,
};

/// Convolves rows and columns with the same symmetric `kernel` of odd length.
///
/// # Shapes
/// pixels and result: `[batch, channels, height, width]`
pub fn separable(pixels: Tensor<4>, kernel: &[f32], border: Border) -> Tensor<4> {
    let plain = [Sums::default(); 2];
    if let Some(made) = fused(&pixels, kernel, border, plain) {
        return made;
    }
    let [.., height, width] = pixels.dims();
    let pixels = Banded::filter(kernel, width, border).along_width(pixels);
    Banded::filter(kernel, height, border).along_height(pixels)
}

/// Blurs with a Gaussian of standard deviation `sigma` in pixels, cut off at four of them, mirrored at the
/// border, as `scipy.ndimage.gaussian_filter` does by default. No blur at `sigma` 0.
///
/// # Shapes
/// pixels and result: `[batch, channels, height, width]`
pub fn gaussian(pixels: Tensor<4>, sigma: f32) -> Tensor<4> {
    gaussian_at(pixels, sigma, Border::Mirror)
}

/// [`gaussian`] in which each colour counts by its alpha, so that what is clear gives no colour to its neighbours.
pub fn blurred(pixels: Tensor<4>, sigma: f32) -> Tensor<4> {
    if sigma <= 0.0 {
        return premultiplied(pixels, |pixels| pixels);
    }
    let by_alpha = Sums::by_alpha(pixels.dims()[1] == 4);
    fused(&pixels, &gaussian_kernel(sigma), Border::Mirror, by_alpha)
        .unwrap_or_else(|| premultiplied(pixels, |pixels| gaussian(pixels, sigma)))
}

/// Two passes on a graphics adapter, first over rows.
fn fused(
    pixels: &Tensor<4>,
    kernel: &[f32],
    border: Border,
    [first, last]: [Sums; 2],
) -> Option<Tensor<4>> {
    first
        .filtered(pixels, 3, kernel, border)
        .and_then(|across| last.filtered(&across, 2, kernel, border))
}

/// [`gaussian`] with another border.
pub fn gaussian_at(pixels: Tensor<4>, sigma: f32, border: Border) -> Tensor<4> {
    if sigma <= 0.0 {
        return pixels;
    }
    separable(pixels, &gaussian_kernel(sigma), border)
}

/// The weights of a Gaussian, from `-4 sigma` to `4 sigma`, in sum 1.
pub fn gaussian_kernel(sigma: f32) -> Vec<f32> {
    let sigma = f64::from(sigma);
    let radius = (4.0 * sigma + 0.5) as i64;
    let weights: Vec<f64> = (-radius..=radius)
        .map(|x| (-0.5 * (x as f64 / sigma).powi(2)).exp())
        .collect();
    let sum: f64 = weights.iter().sum();
    weights
        .into_iter()
        .map(|weight| (weight / sum) as f32)
        .collect()
}
