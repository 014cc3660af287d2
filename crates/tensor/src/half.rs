//! Products of 16-bit operands on graphics adapters.

use std::sync::atomic::{AtomicBool, Ordering};

use burn::backend::{Backend, TensorMetadata, tensor::FloatTensor};
use burn::tensor::{DType, FloatDType};
use weft_kernels::Precision;

/// The largest number of 16 bits.
const LARGEST: f32 = 65504.0;

/// Whether an adapter was opened that computes faster in 16 bits than in 32; software does not.
static IS_FASTER: AtomicBool = AtomicBool::new(false);

/// Says whether half the precision shall be of 16 bits on adapters from now on. Opening a real card says yes.
pub fn set_f16(is_wanted: bool) {
    IS_FASTER.store(is_wanted, Ordering::Relaxed);
}

/// Has `product` make its result of operands of 16 bits, if half the precision is wanted and the adapter is a real one
/// that computes in f16 (none has bf16 in WGSL); sums are of 32 bits, and so is what is given.
///
/// Operands beyond ±65504 count as that; a result beyond it becomes infinite, so networks with such maps, as SDXL's
/// autoencoder has, are to be computed whole.
pub(crate) fn product<B: Backend>(
    [x, weight]: [FloatTensor<B>; 2],
    precision: Precision,
    product: impl FnOnce(FloatTensor<B>, FloatTensor<B>) -> FloatTensor<B>,
) -> FloatTensor<B> {
    let is_f32 = x.dtype() == DType::F32 && weight.dtype() == DType::F32;
    let device = x.device();
    let is_wanted = precision == Precision::Bf16 && IS_FASTER.load(Ordering::Relaxed);
    if !is_wanted || !is_f32 || !B::supports_dtype(&device, DType::F16) {
        return product(x, weight);
    }
    let narrow = |x: FloatTensor<B>| {
        let within = B::float_clamp(x, (-LARGEST).into(), LARGEST.into());
        B::float_cast(within, FloatDType::F16)
    };
    B::float_cast(product(narrow(x), narrow(weight)), FloatDType::F32)
}
