//! Nearest enlargement in burn's own terms.

use burn::backend::{Backend, TensorMetadata, tensor::FloatTensor};
use burn::tensor::Shape;

/// Each pixel of `[batch, channels, height, width]` four times.
pub(crate) fn nearest2<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let [batch, channels, height, width] = x.shape().dims();
    let planes = batch * channels;
    let pixels = B::float_reshape(x, Shape::new([planes, height, 1, width, 1]));
    let blocks = B::float_expand(pixels, Shape::new([planes, height, 2, width, 2]));
    B::float_reshape(blocks, Shape::new([batch, channels, 2 * height, 2 * width]))
}

/// The gradient of [`nearest2`]: the sum of each block.
pub(crate) fn nearest2_grad<B: Backend>(grad: FloatTensor<B>) -> FloatTensor<B> {
    let [batch, channels, height, width] = grad.shape().dims();
    let (height, width) = (height / 2, width / 2);
    let blocks = Shape::new([batch * channels, height, 2, width, 2]);
    let sums = B::float_sum_dims(B::float_reshape(grad, blocks), &[2, 4]);
    B::float_reshape(sums, Shape::new([batch, channels, height, width]))
}
