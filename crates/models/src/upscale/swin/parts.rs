//! Dense layers of places, and convolutions between them.

use burn::tensor::{Tensor, activation::leaky_relu};
use weft_tensor::gelu;

use crate::{
    Weights,
    layers::{Conv, LayerNorm, Linear},
    upscale::keys::channels,
};

const SLOPE: f64 = 0.2;

/// Two dense layers, normalised before and added after.
#[derive(Debug)]
pub(in crate::upscale) struct Dense {
    norm: LayerNorm,
    wide: Linear,
    narrow: Linear,
}

impl Dense {
    /// Those of `key.norm2`, `key.mlp.fc1` and `key.mlp.fc2`.
    pub(in crate::upscale) fn read(
        weights: &mut Weights<'_>,
        key: &str,
        width: usize,
    ) -> Result<Self, String> {
        let [wide, _] = channels(weights, &format!("{key}.mlp.fc1.weight"))?;
        Ok(Self {
            norm: LayerNorm::read(weights, &format!("{key}.norm2"), width),
            wide: Linear::read(weights, &format!("{key}.mlp.fc1"), [width, wide]),
            narrow: Linear::read(weights, &format!("{key}.mlp.fc2"), [wide, width]),
        })
    }

    /// `[batch, height, width, channels]` gives as much.
    pub(in crate::upscale) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let inner = self.wide.forward(self.norm.forward(x.clone()));
        x + self.narrow.forward(gelu(inner))
    }
}

/// What stands before a short cut ends: one convolution, or three that are narrow between.
#[derive(Debug)]
pub(in crate::upscale) struct Residual(Vec<Conv>);

impl Residual {
    /// That of `key`, or of `key.0`, `key.2` and `key.4`.
    pub(in crate::upscale) fn read(weights: &mut Weights<'_>, key: &str, width: usize) -> Self {
        let has = |weights: &Weights<'_>, key: &str| {
            weights.keys().any(|(found, _)| found.starts_with(key))
        };
        if has(weights, &format!("{key}.0.")) {
            let narrow = width / 4;
            let layers = [
                (0, [width, narrow], 3),
                (2, [narrow, narrow], 1),
                (4, [narrow, width], 3),
            ];
            let conv =
                |(i, channels, side)| Conv::read(weights, &format!("{key}.{i}"), channels, side);
            return Self(layers.map(conv).into());
        }
        Self(vec![Conv::read(weights, key, [width, width], 3)])
    }

    /// How many pixels to each side have a say.
    pub(in crate::upscale) fn reach(&self) -> usize {
        self.0.len().min(2)
    }

    /// `[batch, channels, height, width]` gives as much.
    pub(in crate::upscale) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let mut convs = self.0.iter();
        let x = match convs.next() {
            Some(first) => first.forward(x),
            None => x,
        };
        convs.fold(x, |x, conv| conv.forward(leaky_relu(x, SLOPE)))
    }
}

/// `[batch, channels, height, width]` as `[batch, height, width, channels]`.
pub(in crate::upscale) fn channels_last(x: Tensor<4>) -> Tensor<4> {
    x.permute([0, 2, 3, 1])
}

/// `[batch, height, width, channels]` as `[batch, channels, height, width]`.
pub(in crate::upscale) fn channels_first(x: Tensor<4>) -> Tensor<4> {
    x.permute([0, 3, 1, 2])
}
