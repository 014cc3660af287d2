//! The layers that networks are made of, each read by its name.

use burn::module::Param;
use weft_tensor::{ConvOptions, conv2d_weight, linear_weight};

use super::Source;
use crate::layers::{Conv, GroupNorm, LayerNorm, Linear, Residual};

/// How channels are normalised in a network.
#[derive(Clone, Copy, Debug)]
pub(in crate::stable) struct Norms {
    /// Groups of channels.
    pub(in crate::stable) groups: usize,
    /// Added to variances.
    pub(in crate::stable) epsilon: f64,
}

impl Source<'_> {
    /// A dense layer with a bias.
    pub(in crate::stable) fn linear(&mut self, name: &str, sizes: [usize; 2]) -> Linear {
        let bias = self.param(&format!("{name}.bias"), [sizes[1]]);
        Linear {
            bias: Some(bias),
            ..self.plain_linear(name, sizes)
        }
    }

    /// A dense layer without a bias.
    pub(in crate::stable) fn plain_linear(
        &mut self,
        name: &str,
        [inputs, outputs]: [usize; 2],
    ) -> Linear {
        let weight = self.tensor(&format!("{name}.weight"), [outputs, inputs]);
        Linear {
            weight: Param::from_tensor(linear_weight(weight.transpose(), self.precision)),
            bias: None,
            precision: self.precision,
        }
    }

    /// A convolution of a square kernel.
    pub(in crate::stable) fn conv(
        &mut self,
        name: &str,
        [inputs, outputs]: [usize; 2],
        side: usize,
        options: ConvOptions,
    ) -> Conv {
        let weight = self.tensor(&format!("{name}.weight"), [outputs, inputs, side, side]);
        Conv {
            weight: Param::from_tensor(conv2d_weight(weight, self.precision)),
            bias: Some(self.param(&format!("{name}.bias"), [outputs])),
            options,
            precision: self.precision,
        }
    }

    /// A 3×3 convolution that keeps the size of the map.
    pub(in crate::stable) fn three(&mut self, name: &str, channels: [usize; 2]) -> Conv {
        self.conv(name, channels, 3, ConvOptions::padded(1))
    }

    /// A 1×1 convolution.
    pub(in crate::stable) fn one(&mut self, name: &str, channels: [usize; 2]) -> Conv {
        self.conv(name, channels, 1, ConvOptions::default())
    }

    /// Layer normalisation.
    pub(in crate::stable) fn layer_norm(
        &mut self,
        name: &str,
        width: usize,
        epsilon: f64,
    ) -> LayerNorm {
        LayerNorm {
            gamma: self.param(&format!("{name}.weight"), [width]),
            beta: self.param(&format!("{name}.bias"), [width]),
            epsilon,
        }
    }

    /// Group normalisation.
    pub(in crate::stable) fn group_norm(
        &mut self,
        name: &str,
        channels: usize,
        norms: Norms,
    ) -> GroupNorm {
        GroupNorm {
            gamma: self.param(&format!("{name}.weight"), [channels]),
            beta: self.param(&format!("{name}.bias"), [channels]),
            groups: norms.groups,
            epsilon: norms.epsilon,
        }
    }

    /// A residual block; `embedding` is the width of the time that is added, 0 for none.
    pub(in crate::stable) fn residual(
        &mut self,
        name: &str,
        [inputs, outputs]: [usize; 2],
        norms: Norms,
        embedding: usize,
    ) -> Residual {
        let inner = |leaf: &str| format!("{name}.{leaf}");
        let time = inner("time_emb_proj");
        let shortcut = inner("conv_shortcut");
        Residual {
            norm1: self.group_norm(&inner("norm1"), inputs, norms),
            conv1: self.three(&inner("conv1"), [inputs, outputs]),
            embedding: (embedding > 0).then(|| self.linear(&time, [embedding, outputs])),
            norm2: self.group_norm(&inner("norm2"), outputs, norms),
            conv2: self.three(&inner("conv2"), [outputs, outputs]),
            shortcut: (inputs != outputs).then(|| self.one(&shortcut, [inputs, outputs])),
        }
    }
}
