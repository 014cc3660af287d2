//! The first numbers of parameters, from a seed alone.

use burn::{
    module::Param,
    tensor::{Device, Tensor, TensorData},
};
use weft_tensor::{Precision, constant};

/// Makes the parameters of a network in the order in which the network asks for them: the same seed gives
/// the same numbers on every device.
pub struct Maker<'a> {
    device: &'a Device,
    precision: Precision,
    /// `None` where all numbers are about to be read from a file.
    state: Option<u64>,
}

impl<'a> Maker<'a> {
    /// Parameters drawn from `seed`.
    pub(crate) fn seeded(seed: u64, device: &'a Device, precision: Precision) -> Self {
        Self {
            device,
            precision,
            state: Some(seed),
        }
    }

    /// Parameters of zeros.
    pub(crate) fn blank(device: &'a Device, precision: Precision) -> Self {
        Self {
            device,
            precision,
            state: None,
        }
    }

    /// The precision of the layers' operands.
    pub(crate) fn precision(&self) -> Precision {
        self.precision
    }

    /// Uniform within ±1 / √`inputs`, which keeps the scale of what passes through.
    pub(crate) fn uniform<const D: usize>(
        &mut self,
        shape: [usize; D],
        inputs: usize,
    ) -> Param<Tensor<D>> {
        let Some(state) = &mut self.state else {
            return self.zeros(shape);
        };
        let bound = (inputs as f32).sqrt().recip();
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| bound * signed_unit(state)).collect();
        Param::from_tensor(constant(TensorData::new(values, shape), self.device))
    }

    /// All zero.
    pub(crate) fn zeros<const D: usize>(&self, shape: [usize; D]) -> Param<Tensor<D>> {
        Param::from_tensor(Tensor::zeros(shape, self.device))
    }

    /// All one.
    pub(crate) fn ones<const D: usize>(&self, shape: [usize; D]) -> Param<Tensor<D>> {
        Param::from_tensor(Tensor::ones(shape, self.device))
    }
}

/// The next number of SplitMix64 (Steele et al., 2014), from -1 up to 1.
fn signed_unit(state: &mut u64) -> f32 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    // The upper 24 bits fill the mantissa exactly.
    (bits >> 40) as f32 / (1 << 23) as f32 - 1.0
}
