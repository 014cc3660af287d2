//! Activations and their slopes in burn's own terms.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use burn::backend::{Backend, TensorMetadata, tensor::FloatTensor};
use burn::tensor::{Scalar, Slice};

pub(crate) fn silu<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    B::float_mul(x.clone(), B::sigmoid(x))
}

/// `σ(x) · (1 + x · (1 - σ(x)))`.
pub(crate) fn silu_slope<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let sigmoid = B::sigmoid(x.clone());
    let rest = B::float_sub(B::float_mul(x.clone(), sigmoid.clone()), x);
    B::float_mul(sigmoid, one_minus::<B>(rest))
}

fn one_minus<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    B::float_add_scalar(B::float_neg(x), one())
}

fn one() -> Scalar {
    1.0f64.into()
}

/// The normal distribution's share below `x`.
fn share_below<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let error = B::float_erf(B::float_mul_scalar(x, FRAC_1_SQRT_2.into()));
    B::float_mul_scalar(B::float_add_scalar(error, one()), 0.5f64.into())
}

pub(crate) fn gelu<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    B::float_mul(x.clone(), share_below::<B>(x))
}

/// Not burn's `gelu_backward`, which by default is the slope of the approximation by tanh.
pub(crate) fn gelu_slope<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let square = B::float_mul(x.clone(), x.clone());
    let density = B::float_exp(B::float_mul_scalar(square, (-0.5f64).into()));
    let density = B::float_mul_scalar(density, (1.0 / (2.0 * PI).sqrt()).into());
    B::float_add(share_below::<B>(x.clone()), B::float_mul(x, density))
}

/// The first and the second half of the last axis.
fn halves<B: Backend>(x: FloatTensor<B>) -> (FloatTensor<B>, FloatTensor<B>) {
    let shape = x.shape();
    let half = shape[shape.num_dims() - 1] / 2;
    let part = |x: FloatTensor<B>, from: usize| {
        let mut slices = vec![Slice::full(); shape.num_dims()];
        slices[shape.num_dims() - 1] = Slice::from(from..from + half);
        B::float_slice(x, &slices)
    };
    (part(x.clone(), 0), part(x, half))
}

pub(crate) fn geglu<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let (value, gate) = halves::<B>(x);
    B::float_mul(value, gelu::<B>(gate))
}

pub(crate) fn geglu_grad<B: Backend>(grad: FloatTensor<B>, x: FloatTensor<B>) -> FloatTensor<B> {
    let last = x.shape().num_dims() - 1;
    let (value, gate) = halves::<B>(x);
    let value_grad = B::float_mul(grad.clone(), gelu::<B>(gate.clone()));
    let gate_grad = B::float_mul(B::float_mul(grad, value), gelu_slope::<B>(gate));
    B::float_cat(vec![value_grad, gate_grad], last)
}
