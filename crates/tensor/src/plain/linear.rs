//! Dense layers in burn's own terms.

use burn::backend::{Backend, TensorMetadata, tensor::FloatTensor};
use burn::tensor::Shape;

/// All axes but the last as rows.
fn rows<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let shape = x.shape();
    let columns = shape[shape.num_dims() - 1];
    let rows = shape.num_elements().checked_div(columns).unwrap_or(0);
    B::float_reshape(x, Shape::new([rows, columns]))
}

/// The shape with its last axis so long.
pub(crate) fn with_columns(mut shape: Shape, columns: usize) -> Shape {
    let last = shape.num_dims() - 1;
    shape[last] = columns;
    shape
}

pub(crate) fn linear<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: Option<FloatTensor<B>>,
) -> FloatTensor<B> {
    let [_, columns] = weight.shape().dims();
    let shape = with_columns(x.shape(), columns);
    let mut out = B::float_matmul(rows::<B>(x), weight);
    if let Some(bias) = bias {
        out = B::float_add(out, B::float_reshape(bias, Shape::new([1, columns])));
    }
    B::float_reshape(out, shape)
}

pub(crate) fn input_grad<B: Backend>(
    grad: FloatTensor<B>,
    weight: FloatTensor<B>,
) -> FloatTensor<B> {
    let [columns, _] = weight.shape().dims();
    let shape = with_columns(grad.shape(), columns);
    let out = B::float_matmul(rows::<B>(grad), B::float_transpose(weight));
    B::float_reshape(out, shape)
}

pub(crate) fn weight_grad<B: Backend>(x: FloatTensor<B>, grad: FloatTensor<B>) -> FloatTensor<B> {
    B::float_matmul(B::float_transpose(rows::<B>(x)), rows::<B>(grad))
}

pub(crate) fn bias_grad<B: Backend>(grad: FloatTensor<B>) -> FloatTensor<B> {
    let grad = rows::<B>(grad);
    let [_, columns] = grad.shape().dims();
    B::float_reshape(B::float_sum_dim(grad, 0), Shape::new([columns]))
}
