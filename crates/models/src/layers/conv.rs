//! Convolution and group normalisation of feature maps.

use burn::{
    module::{Module, Param},
    tensor::Tensor,
};
use weft_tensor::{ConvOptions, Precision, conv2d, group_norm_silu};

use super::{Maker, alike};
use crate::Weights;

/// A convolution with a square kernel of odd side, which keeps the size of the map but for its stride or
/// enlargement.
#[derive(Module, Debug)]
pub(crate) struct Conv {
    pub(crate) weight: Param<Tensor<4>>,
    pub(crate) bias: Option<Param<Tensor<1>>>,
    #[module(skip)]
    pub(crate) options: ConvOptions,
    #[module(skip)]
    pub(crate) precision: Precision,
}

impl Conv {
    /// From `inputs` to `outputs` channels, with a kernel of `side` × `side`.
    pub(crate) fn new(
        maker: &mut Maker<'_>,
        [inputs, outputs]: [usize; 2],
        side: usize,
        options: ConvOptions,
    ) -> Self {
        Self {
            weight: maker.uniform([outputs, inputs, side, side], inputs * side * side),
            bias: Some(maker.zeros([outputs])),
            options: ConvOptions {
                padding: [side / 2; 4],
                ..options
            },
            precision: maker.precision(),
        }
    }

    /// A 3×3 convolution.
    pub(crate) fn three(maker: &mut Maker<'_>, channels: [usize; 2]) -> Self {
        Self::new(maker, channels, 3, ConvOptions::default())
    }

    /// A 3×3 convolution that halves the map.
    pub(crate) fn shrink(maker: &mut Maker<'_>, channels: [usize; 2]) -> Self {
        Self::new(maker, channels, 3, ConvOptions::default().with_stride(2))
    }

    /// A 3×3 convolution of the map doubled.
    pub(crate) fn enlarge(maker: &mut Maker<'_>, channels: [usize; 2]) -> Self {
        Self::new(maker, channels, 3, ConvOptions::default().upsampled())
    }

    /// A 1×1 convolution.
    pub(crate) fn one(maker: &mut Maker<'_>, channels: [usize; 2]) -> Self {
        Self::new(maker, channels, 1, ConvOptions::default())
    }

    /// A 3×3 convolution that adds nothing until it has learnt.
    pub(crate) fn silent_three(maker: &mut Maker<'_>, [inputs, outputs]: [usize; 2]) -> Self {
        Self {
            weight: maker.zeros([outputs, inputs, 3, 3]),
            bias: Some(maker.zeros([outputs])),
            options: ConvOptions::padded(1),
            precision: maker.precision(),
        }
    }

    /// A 1×1 convolution that adds nothing until it has learnt, and nothing of zeros ever.
    pub(crate) fn silent_one(maker: &mut Maker<'_>, [inputs, outputs]: [usize; 2]) -> Self {
        Self {
            weight: maker.zeros([outputs, inputs, 1, 1]),
            bias: None,
            options: ConvOptions::default(),
            precision: maker.precision(),
        }
    }

    /// That of a file, `key.weight` `[outputs, inputs, side, side]` and `key.bias` `[outputs]`.
    pub(crate) fn read(
        weights: &mut Weights<'_>,
        key: &str,
        [inputs, outputs]: [usize; 2],
        side: usize,
    ) -> Self {
        let kernels = [outputs, inputs, side, side];
        let weight = weights.tensor(&format!("{key}.weight"), kernels);
        let bias = weights.tensor(&format!("{key}.bias"), [outputs]);
        Self::of(weight, bias)
    }

    /// One of that weight `[outputs, inputs, side, side]` and bias `[outputs]`.
    pub(crate) fn of(weight: Tensor<4>, bias: Tensor<1>) -> Self {
        Self {
            options: ConvOptions::padded(weight.dims()[2] / 2),
            weight: Param::from_tensor(weight),
            bias: Some(Param::from_tensor(bias)),
            precision: Precision::F32,
        }
    }

    /// The same of the map doubled first.
    pub(crate) fn doubled(self) -> Self {
        Self {
            options: self.options.upsampled(),
            ..self
        }
    }

    pub(crate) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let bias = self.bias.as_ref().map(Param::val);
        let weight = self.weight.val();
        let x = alike(x, &weight);
        conv2d(x, weight, bias, self.options, self.precision)
    }
}

/// Group normalisation.
#[derive(Module, Debug)]
pub(crate) struct GroupNorm {
    pub(crate) gamma: Param<Tensor<1>>,
    pub(crate) beta: Param<Tensor<1>>,
    pub(crate) groups: usize,
    /// Added to variances.
    pub(crate) epsilon: f64,
}

impl GroupNorm {
    pub(crate) fn new(maker: &Maker<'_>, channels: usize, groups: usize) -> Self {
        Self {
            gamma: maker.ones([channels]),
            beta: maker.zeros([channels]),
            groups,
            epsilon: 1e-5,
        }
    }

    /// Normalised, then SiLU.
    pub(crate) fn silu(&self, x: Tensor<4>) -> Tensor<4> {
        self.normalised(x, true)
    }

    /// Normalised, and no more.
    pub(crate) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.normalised(x, false)
    }

    fn normalised(&self, x: Tensor<4>, silu: bool) -> Tensor<4> {
        let (gamma, beta) = (self.gamma.val(), self.beta.val());
        group_norm_silu(x, gamma, beta, self.groups, self.epsilon, silu)
    }
}
