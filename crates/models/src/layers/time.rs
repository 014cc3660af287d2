//! Diffusion time as a vector.

use burn::{
    module::Module,
    tensor::{Float, Tensor, TensorData},
};
use weft_tensor::{constant, silu};

use super::{Linear, Maker};

/// Sines and cosines of the time (Vaswani et al., 2017), then two dense layers.
#[derive(Module, Debug)]
pub(crate) struct Time {
    first: Linear,
    second: Linear,
    waves: usize,
}

/// Times of 0..=1 are spread to the range for which the waves are made.
const SCALE: f32 = 1000.0;
const LONGEST: f32 = 10_000.0;

impl Time {
    /// `waves` numbers, half of them sines, become `width`.
    pub(crate) fn new(maker: &mut Maker<'_>, waves: usize, width: usize) -> Self {
        Self {
            first: Linear::new(maker, waves, width),
            second: Linear::new(maker, width, width),
            waves,
        }
    }

    /// # Shapes
    /// - time: `[batch]`, 0 clean to 1 noise
    /// - result: `[batch, width]`
    pub(crate) fn forward(&self, time: Tensor<1>) -> Tensor<2> {
        let half = self.waves / 2;
        let rates: Vec<f32> = (0..half)
            .map(|i| SCALE * LONGEST.powf(-(i as f32) / half as f32))
            .collect();
        let rates = constant::<2, Float>(TensorData::new(rates, [1, half]), &time.device());
        let angles = time.unsqueeze_dim::<2>(1) * rates;
        let waves = Tensor::cat(vec![angles.clone().sin(), angles.cos()], 1);
        self.second.forward(silu(self.first.forward(waves)))
    }
}
