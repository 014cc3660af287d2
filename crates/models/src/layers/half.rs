//! Networks that keep their numbers in 16 bits on a graphics adapter.

use burn::{
    module::{Module, ModuleMapper, Param},
    tensor::{DType, Device, FloatDType, Tensor},
};
use weft_tensor::{Precision, has_f16};

/// The network with weights in `f16`, if it shall be less precise than `f32` on an adapter that computes so, and does
/// not learn. Its layers take numbers of any type to that of their weights.
pub(crate) fn fitted<M: Module>(network: M, device: &Device, precision: Precision) -> M {
    match precision != Precision::F32 && !device.is_autodiff() && has_f16(device) {
        true => network.map(&mut Halving),
        false => network,
    }
}

struct Halving;

impl ModuleMapper for Halving {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|weight| weight.cast(FloatDType::F16))
    }
}

/// The tensor in the other one's type of numbers.
pub(crate) fn alike<const A: usize, const B: usize>(x: Tensor<A>, other: &Tensor<B>) -> Tensor<A> {
    typed(x, other.dtype())
}

/// The tensor in that type of numbers.
pub(crate) fn typed<const D: usize>(x: Tensor<D>, numbers: DType) -> Tensor<D> {
    match x.dtype() == numbers {
        true => x,
        false => x.cast(numbers),
    }
}
