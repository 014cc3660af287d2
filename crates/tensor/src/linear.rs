//! Dense layers.

mod flex;
mod steps;

use burn::backend::{Backend, Cube, Dispatch, backend_extension, tensor::FloatTensor};
use burn::tensor::Tensor;
use weft_kernels::Precision;

use crate::{optional::Optional, plain};

/// `x · weight + bias` over the last axis: `x` `[.., in]`, `weight` `[in, out]`, `bias` `[out]` give `[.., out]`.
///
/// `x` and `weight` may be transposed views; they are read where they lie. `precision` is that of the operands
/// on the CPU; other devices compute in the tensors' own type.
///
/// # Panics
/// The shapes do not fit.
pub fn linear<const D: usize>(
    x: Tensor<D>,
    weight: Tensor<2>,
    bias: Option<Tensor<1>>,
    precision: Precision,
) -> Tensor<D> {
    let [inputs, outputs] = weight.dims();
    let bias_fits = bias.as_ref().is_none_or(|bias| bias.dims() == [outputs]);
    assert!(
        D > 0 && x.dims()[D - 1] == inputs && bias_fits,
        "linear: x {:?}, weight {:?} and bias {:?} do not fit",
        x.dims(),
        weight.dims(),
        bias.as_ref().map(Tensor::dims),
    );
    let plan = Plan {
        precision,
        keep: true,
    };
    let (x, weight) = (x.into_dispatch(), weight.into_dispatch());
    Tensor::from_dispatch(Dispatch::dense(x, weight, Optional::of(bias), plan))
}

/// The weight `[in, out]` for [`linear`] of that precision alone: on the CPU it is packed now and not kept besides, so
/// that it is in memory once; elsewhere, and where it learns, it stays as it is.
///
/// On the CPU other operations then see NaN instead of its numbers, and `linear` of another precision panics.
pub fn linear_weight(weight: Tensor<2>, precision: Precision) -> Tensor<2> {
    let weight = weight.into_dispatch();
    Tensor::from_dispatch(Dispatch::dense_weight(weight, precision))
}

/// What a dense layer does, besides its tensors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    precision: Precision,
    /// Whether the packed weight is kept for the next call.
    keep: bool,
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Dense: Backend {
    fn dense(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        #[extension_type] bias: Optional<Self>,
        _plan: Plan,
    ) -> FloatTensor<Self> {
        plain::linear::linear::<Self>(x, weight, bias.into_option())
    }

    fn dense_weight(weight: FloatTensor<Self>, _precision: Precision) -> FloatTensor<Self> {
        weight
    }

    fn dense_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        _plan: Plan,
    ) -> FloatTensor<Self> {
        plain::linear::input_grad::<Self>(grad, weight)
    }

    fn dense_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        _plan: Plan,
    ) -> FloatTensor<Self> {
        plain::linear::weight_grad::<Self>(x, grad)
    }

    fn dense_bias_grad(grad: FloatTensor<Self>) -> FloatTensor<Self> {
        plain::linear::bias_grad::<Self>(grad)
    }
}

impl Dense for Cube {}
