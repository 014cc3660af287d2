//! The residual block of autoencoder and U-Net.

use burn::{module::Module, tensor::Tensor};

use super::{Conv, GroupNorm, Linear, Maker};

/// Two normalised 3×3 convolutions beside a short cut; between them the embedding, if any, is added.
///
/// The second convolution starts at zero, so that a deep network starts as its short cuts.
#[derive(Module, Debug)]
pub(crate) struct Residual {
    pub(crate) norm1: GroupNorm,
    pub(crate) conv1: Conv,
    pub(crate) embedding: Option<Linear>,
    pub(crate) norm2: GroupNorm,
    pub(crate) conv2: Conv,
    pub(crate) shortcut: Option<Conv>,
}

impl Residual {
    /// `embedding` is the width of what is added, 0 for none.
    pub(crate) fn new(
        maker: &mut Maker<'_>,
        [inputs, outputs]: [usize; 2],
        groups: usize,
        embedding: usize,
    ) -> Self {
        Self {
            norm1: GroupNorm::new(maker, inputs, groups),
            conv1: Conv::three(maker, [inputs, outputs]),
            embedding: (embedding > 0).then(|| Linear::new(maker, embedding, outputs)),
            norm2: GroupNorm::new(maker, outputs, groups),
            conv2: Conv::silent_three(maker, [outputs, outputs]),
            shortcut: (inputs != outputs).then(|| Conv::one(maker, [inputs, outputs])),
        }
    }

    /// # Shapes
    /// - x: `[batch, inputs, height, width]`
    /// - embedding: `[batch, embedding]`, already activated
    /// - result: `[batch, outputs, height, width]`
    pub(crate) fn forward(&self, x: Tensor<4>, embedding: Option<&Tensor<2>>) -> Tensor<4> {
        let mut inner = self.conv1.forward(self.norm1.silu(x.clone()));
        if let (Some(layer), Some(embedding)) = (&self.embedding, embedding) {
            let shift = layer.forward(embedding.clone());
            inner = inner + shift.unsqueeze_dims::<4>(&[2, 3]);
        }
        let inner = self.conv2.forward(self.norm2.silu(inner));
        match &self.shortcut {
            Some(shortcut) => shortcut.forward(x) + inner,
            None => x + inner,
        }
    }
}
