//! First and second differences of luma.

use burn::tensor::{
    Tensor, TensorData,
    module::conv2d,
    ops::{ConvOptions, PadMode},
};
use weft_tensor::constant;

use crate::pass::Pass;

static SMOOTHED: Pass = Pass::new(1, &[include_str!("smoothed.wgsl")]);
static MAGNITUDE: Pass = Pass::new(2, &[include_str!("magnitude.wgsl")]);
static LAPLACIAN: Pass = Pass::new(1, &[include_str!("laplacian.wgsl")]);

/// Weights along the edge: Sobel's and Scharr's.
const SOBEL: [f32; 3] = [0.25, 0.5, 0.25];
const SCHARR: [f32; 3] = [0.1875, 0.625, 0.1875];

/// How luma changes at each pixel.
///
/// # Shapes
/// Both parts: `[batch, 1, height, width]`, -1..=1 for luma of 0..=1.
#[derive(Clone, Debug)]
pub struct Gradient {
    /// Positive where luma grows to the right.
    pub across: Tensor<4>,
    /// Positive where luma grows downwards.
    pub down: Tensor<4>,
}

impl Gradient {
    /// The root mean square of both parts, 0..=1: a straight step from 0 to 1 has √½.
    pub fn magnitude(&self) -> Tensor<4> {
        let shape = self.across.dims();
        if let Some(made) = MAGNITUDE.run([&self.across, &self.down], &[], shape) {
            return made;
        }
        let [across, down] = [&self.across, &self.down].map(|part| part.clone().square());
        ((across + down) * 0.5).sqrt()
    }

    /// Where luma grows, in radians from -π to π: 0 is to the right, π/2 is down.
    pub fn direction(&self) -> Tensor<4> {
        self.down.clone().atan2(self.across.clone())
    }
}

/// The gradient by Sobel's filter: differences over two pixels, smoothed by (1, 2, 1)/4 along the edge.
///
/// Its magnitude is that of `skimage.filters.sobel`.
///
/// # Shapes
/// luma: `[batch, 1, height, width]`
pub fn sobel(luma: Tensor<4>) -> Gradient {
    smoothed_difference(luma, SOBEL)
}

/// The magnitude of [`sobel`], times `gain`, within 0..=1.
pub fn sobel_magnitude(luma: Tensor<4>, gain: f32) -> Tensor<4> {
    magnitude(luma, SOBEL, gain)
}

/// The gradient by Scharr's filter: as [`sobel`], smoothed by (3, 10, 3)/16, which tells directions better.
///
/// Its magnitude is that of `skimage.filters.scharr`.
///
/// # Shapes
/// luma: `[batch, 1, height, width]`
pub fn scharr(luma: Tensor<4>) -> Gradient {
    smoothed_difference(luma, SCHARR)
}

/// The magnitude of [`scharr`], times `gain`, within 0..=1.
pub fn scharr_magnitude(luma: Tensor<4>, gain: f32) -> Tensor<4> {
    magnitude(luma, SCHARR, gain)
}

/// How much brighter a pixel is than its four neighbours together, -4..=4 for luma of 0..=1.
///
/// This is the negative of the second derivative, as `skimage.filters.laplace` has it.
///
/// # Shapes
/// luma and result: `[batch, 1, height, width]`
pub fn laplacian(luma: Tensor<4>) -> Tensor<4> {
    if let Some(made) = LAPLACIAN.run([&luma], &[-1.0], luma.dims()) {
        return made;
    }
    filter(
        luma,
        [[[0.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 0.0]]],
    )
}

/// The size of [`laplacian`], times `gain`, within 0..=1.
pub fn laplacian_magnitude(luma: Tensor<4>, gain: f32) -> Tensor<4> {
    if let Some(made) = LAPLACIAN.run([&luma], &[gain], luma.dims()) {
        return made;
    }
    (laplacian(luma).abs() * gain).clamp(0.0, 1.0)
}

fn magnitude(luma: Tensor<4>, smooth: [f32; 3], gain: f32) -> Tensor<4> {
    let [side, middle, _] = smooth;
    if let Some(made) = SMOOTHED.run([&luma], &[2.0, side, middle, gain], luma.dims()) {
        return made;
    }
    (smoothed_difference(luma, smooth).magnitude() * gain).clamp(0.0, 1.0)
}

fn smoothed_difference(luma: Tensor<4>, smooth: [f32; 3]) -> Gradient {
    let [side, middle, _] = smooth;
    let part = |which| SMOOTHED.run([&luma], &[which, side, middle], luma.dims());
    if let (Some(across), Some(down)) = (part(0.0), part(1.0)) {
        return Gradient { across, down };
    }
    let across = smooth.map(|weight| [-weight, 0.0, weight]);
    let down = [smooth.map(|weight| -weight), [0.0; 3], smooth];
    let both = filter(luma, [across, down]);
    Gradient {
        across: both.clone().narrow(1, 0, 1),
        down: both.narrow(1, 1, 1),
    }
}

/// One channel for each kernel, rows first.
fn filter<const N: usize>(luma: Tensor<4>, kernels: [[[f32; 3]; 3]; N]) -> Tensor<4> {
    let weights = kernels.as_flattened().as_flattened().to_vec();
    let weights = constant(TensorData::new(weights, [N, 1, 3, 3]), &luma.device());
    let bordered = luma.pad([(1, 1), (1, 1)], PadMode::Edge);
    conv2d(
        bordered,
        weights,
        None,
        ConvOptions::new([1, 1], [0, 0], [1, 1], 1),
    )
}
