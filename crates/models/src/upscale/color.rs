//! The colours about which SwinIR, HAT and SPAN were trained.

use burn::tensor::{Float, Tensor, TensorData};
use weft_tensor::constant;

/// The mean red, green and blue of the pictures of DIV2K.
const MEAN: [f32; 3] = [0.4488, 0.4371, 0.4040];

/// Steps of colour in networks that do not take 0..=1.
pub(super) const RANGE: f32 = 255.0;

/// The colours about their mean.
pub(super) fn centred(rgb: Tensor<4>) -> Tensor<4> {
    let mean = mean(&rgb);
    rgb - mean
}

/// The colours from those about their mean.
pub(super) fn uncentred(rgb: Tensor<4>) -> Tensor<4> {
    let mean = mean(&rgb);
    rgb + mean
}

fn mean(like: &Tensor<4>) -> Tensor<4> {
    constant::<1, Float>(TensorData::from(MEAN), &like.device()).reshape([1, 3, 1, 1])
}
