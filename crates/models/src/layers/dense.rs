//! Dense layers and layer normalisation over the last axis.

use burn::{
    module::{Module, Param},
    tensor::Tensor,
};
use weft_tensor::{Precision, layer_norm, linear};

use super::{Maker, alike};
use crate::Weights;

/// `x · weight + bias`; the weight is `[in, out]`.
#[derive(Module, Debug)]
pub(crate) struct Linear {
    pub(crate) weight: Param<Tensor<2>>,
    pub(crate) bias: Option<Param<Tensor<1>>>,
    #[module(skip)]
    pub(crate) precision: Precision,
}

impl Linear {
    /// With a bias.
    pub(crate) fn new(maker: &mut Maker<'_>, inputs: usize, outputs: usize) -> Self {
        Self {
            weight: maker.uniform([inputs, outputs], inputs),
            bias: Some(maker.zeros([outputs])),
            precision: maker.precision(),
        }
    }

    /// Without a bias: zeros give zeros.
    pub(crate) fn plain(maker: &mut Maker<'_>, inputs: usize, outputs: usize) -> Self {
        Self {
            weight: maker.uniform([inputs, outputs], inputs),
            bias: None,
            precision: maker.precision(),
        }
    }

    /// Without a bias, giving zeros until it has learnt.
    pub(crate) fn silent(maker: &Maker<'_>, inputs: usize, outputs: usize) -> Self {
        Self {
            weight: maker.zeros([inputs, outputs]),
            bias: None,
            precision: maker.precision(),
        }
    }

    /// That of a file, as PyTorch writes it: `key.weight` `[outputs, inputs]` and `key.bias` `[outputs]`.
    pub(crate) fn read(
        weights: &mut Weights<'_>,
        key: &str,
        [inputs, outputs]: [usize; 2],
    ) -> Self {
        let weight = weights.tensor(&format!("{key}.weight"), [outputs, inputs]);
        let bias = weights.tensor(&format!("{key}.bias"), [outputs]);
        Self {
            weight: Param::from_tensor(weight.transpose()),
            bias: Some(Param::from_tensor(bias)),
            precision: Precision::F32,
        }
    }

    pub(crate) fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let bias = self.bias.as_ref().map(Param::val);
        let weight = self.weight.val();
        linear(alike(x, &weight), weight, bias, self.precision)
    }
}

/// Layer normalisation.
#[derive(Module, Debug)]
pub(crate) struct LayerNorm {
    pub(crate) gamma: Param<Tensor<1>>,
    pub(crate) beta: Param<Tensor<1>>,
    pub(crate) epsilon: f64,
}

impl LayerNorm {
    pub(crate) fn new(maker: &Maker<'_>, width: usize, epsilon: f64) -> Self {
        Self {
            gamma: maker.ones([width]),
            beta: maker.zeros([width]),
            epsilon,
        }
    }

    /// That of a file, as PyTorch writes it: `key.weight` and `key.bias`, each `[width]`.
    pub(crate) fn read(weights: &mut Weights<'_>, key: &str, width: usize) -> Self {
        let mut row = |name| Param::from_tensor(weights.tensor(&format!("{key}.{name}"), [width]));
        Self {
            gamma: row("weight"),
            beta: row("bias"),
            epsilon: 1e-5,
        }
    }

    pub(crate) fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        layer_norm(x, self.gamma.val(), self.beta.val(), self.epsilon)
    }
}
