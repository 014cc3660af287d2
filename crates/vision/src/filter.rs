//! Filters over a neighbourhood.

#[cfg(test)]
mod tests;

use burn::tensor::Tensor;

use crate::banded::Banded;
pub use crate::border::Border;

/// Convolves rows and columns with the same symmetric `kernel` of odd length.
///
/// # Shapes
/// pixels and result: `[batch, channels, height, width]`
pub fn separable(pixels: Tensor<4>, kernel: &[f32], border: Border) -> Tensor<4> {
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
