//! References' features, added where they lie.

use burn::{
    module::Module,
    tensor::{Tensor, activation::sigmoid},
};

use super::{Config, words::Words};
use crate::layers::{Conv, GroupNorm, Linear, Maker};

/// A 1×1 convolution of the references' features at each level, and a gate per reference and level that its
/// text opens: an edge map lies where the picture will lie, a style does not.
///
/// The convolutions start at zero (ControlNet: Zhang et al., 2023).
#[derive(Module, Debug)]
pub(super) struct Spatial {
    norms: Vec<GroupNorm>,
    convolutions: Vec<Conv>,
    gate: Linear,
}

impl Spatial {
    pub(super) fn new(maker: &mut Maker<'_>, config: &Config) -> Self {
        let norm = |&width: &usize| GroupNorm::new(maker, width, config.groups);
        let norms = config.widths.iter().map(norm).collect();
        let silent = |&width: &usize| Conv::silent_one(maker, [width, width]);
        let convolutions = config.widths.iter().map(silent).collect();
        Self {
            norms,
            convolutions,
            gate: Linear::new(maker, config.text, config.widths.len()),
        }
    }

    /// What each reference adds at each level, of the shape of its features there.
    pub(super) fn forward(&self, features: &[Tensor<4>], words: &Words) -> Vec<Tensor<4>> {
        let gates = sigmoid(self.gate.forward(words.mean.clone()));
        let layers = self.norms.iter().zip(&self.convolutions);
        let levels = features.iter().zip(layers).enumerate();
        let added = levels.map(|(level, (x, (norm, convolution)))| {
            let gate = gates
                .clone()
                .narrow(1, level, 1)
                .unsqueeze_dims::<4>(&[2, 3]);
            convolution.forward(norm.silu(x.clone())) * gate
        });
        added.collect()
    }
}
