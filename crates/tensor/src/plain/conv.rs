//! Convolution in burn's own terms.

use burn::backend::{Backend, TensorMetadata, ops, tensor::FloatTensor};
use burn::tensor::Shape;

use super::upsample::{nearest2, nearest2_grad};
use crate::ConvOptions;

fn options(of: &ConvOptions) -> ops::ConvOptions<2> {
    let [top, bottom, left, right] = of.padding;
    let padding = [(top, bottom), (left, right)];
    ops::ConvOptions::new_with_padding([of.stride; 2], padding, [1, 1], 1)
}

fn enlarged<B: Backend>(x: FloatTensor<B>, of: &ConvOptions) -> FloatTensor<B> {
    if of.upsample == 2 {
        nearest2::<B>(x)
    } else {
        x
    }
}

pub(crate) fn conv2d<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: Option<FloatTensor<B>>,
    of: &ConvOptions,
) -> FloatTensor<B> {
    B::conv2d(enlarged::<B>(x, of), weight, bias, options(of))
}

/// The gradient of the input, whose shape is `size`.
pub(crate) fn input_grad<B: Backend>(
    grad: FloatTensor<B>,
    weight: FloatTensor<B>,
    size: [usize; 4],
    of: &ConvOptions,
) -> FloatTensor<B> {
    // burn reads the shape of the input only.
    let x = B::float_zeros(Shape::new(size), &grad.device(), grad.dtype().into());
    let x = enlarged::<B>(x, of);
    let grad = B::conv2d_x_backward(x, weight, grad, options(of));
    if of.upsample == 2 {
        nearest2_grad::<B>(grad)
    } else {
        grad
    }
}

/// The gradient of the weight, whose shape is `size`.
pub(crate) fn weight_grad<B: Backend>(
    x: FloatTensor<B>,
    grad: FloatTensor<B>,
    size: [usize; 4],
    of: &ConvOptions,
) -> FloatTensor<B> {
    let weight = B::float_zeros(Shape::new(size), &grad.device(), grad.dtype().into());
    B::conv2d_weight_backward(enlarged::<B>(x, of), weight, grad, options(of))
}

pub(crate) fn bias_grad<B: Backend>(grad: FloatTensor<B>) -> FloatTensor<B> {
    let [_, outputs, _, _] = grad.shape().dims();
    let sums = B::float_sum_dims(grad, &[0, 2, 3]);
    B::float_reshape(sums, Shape::new([outputs]))
}
