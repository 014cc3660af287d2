//! Numbers of 16 bits on a graphics adapter: kept in 16, and summed in 32.

use std::sync::atomic::{AtomicBool, Ordering};

use burn::backend::{Cube, ops::FloatTensorOps};
use burn::tensor::{DType, Device, FloatDType};
use burn_cubecl::tensor::CubeTensor;

use crate::is_gpu;

/// Whether an adapter was opened that is faster in 16 bits than in 32; software is not.
static IS_FASTER: AtomicBool = AtomicBool::new(false);

/// Says whether networks may be of 16 bits on adapters from now on. Opening a real card says yes.
pub fn set_f16(is_wanted: bool) {
    IS_FASTER.store(is_wanted, Ordering::Relaxed);
}

/// Whether networks may keep weights and feature maps in `f16` on the device: it is an adapter whose programs compute
/// with such numbers, and a real one or [`set_f16`] said so. [`Adapter::has_f16`](crate::Adapter::has_f16) says it of adapters that are not open.
///
/// Products, convolutions, norms, activations and attention then sum in `f32`, and round to `f16` at their end.
pub fn has_f16(device: &Device) -> bool {
    is_gpu(device) && IS_FASTER.load(Ordering::Relaxed) && device.supports_dtype(FloatDType::F16)
}

pub(crate) fn is_half(x: &CubeTensor) -> bool {
    x.dtype == DType::F16
}

/// The numbers in 32 bits.
pub(crate) fn wide(x: CubeTensor) -> CubeTensor {
    Cube::float_cast(x, FloatDType::F32)
}

/// The numbers in 16 bits.
pub(crate) fn half(x: CubeTensor) -> CubeTensor {
    Cube::float_cast(x, FloatDType::F16)
}
