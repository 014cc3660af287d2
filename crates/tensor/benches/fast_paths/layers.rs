//! The layers of the U-Net, whose fields have the names that PyTorch gives them.

use burn::module::{Module, Param};
use burn::tensor::{Device, Distribution, Tensor};
use weft_tensor::ConvOptions;

use crate::arithmetic::Arithmetic;

/// Numbers as PyTorch draws them for a layer of so many inputs.
fn drawn<const D: usize>(shape: [usize; D], inputs: usize, device: &Device) -> Param<Tensor<D>> {
    let bound = 1.0 / (inputs as f64).sqrt();
    let spread = Distribution::Uniform(-bound, bound);
    Param::from_tensor(Tensor::random(shape, spread, device))
}

#[derive(Module, Debug)]
pub(crate) struct Conv {
    weight: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
}

impl Conv {
    pub(crate) fn new(inputs: usize, outputs: usize, kernel: usize, device: &Device) -> Self {
        let fan = inputs * kernel * kernel;
        Self {
            weight: drawn([outputs, inputs, kernel, kernel], fan, device),
            bias: drawn([outputs], fan, device),
        }
    }

    pub(crate) fn forward(&self, x: Tensor<4>, by: Arithmetic, options: ConvOptions) -> Tensor<4> {
        by.conv(x, self.weight.val(), self.bias.val(), options)
    }

    /// A kernel of one pixel on rows of channels.
    pub(crate) fn on_rows(&self, x: Tensor<3>, by: Arithmetic) -> Tensor<3> {
        let weight = self.weight.val();
        let [outputs, inputs, _, _] = weight.dims();
        let weight = weight.reshape([outputs, inputs]).transpose();
        by.linear(x, weight, Some(self.bias.val()))
    }
}

#[derive(Module, Debug)]
pub(crate) struct Dense {
    weight: Param<Tensor<2>>,
    bias: Option<Param<Tensor<1>>>,
}

impl Dense {
    pub(crate) fn new(inputs: usize, outputs: usize, device: &Device) -> Self {
        Self {
            weight: drawn([inputs, outputs], inputs, device),
            bias: Some(drawn([outputs], inputs, device)),
        }
    }

    pub(crate) fn without_bias(inputs: usize, outputs: usize, device: &Device) -> Self {
        Self {
            bias: None,
            ..Self::new(inputs, outputs, device)
        }
    }

    pub(crate) fn forward<const D: usize>(&self, x: Tensor<D>, by: Arithmetic) -> Tensor<D> {
        by.linear(x, self.weight.val(), self.bias.as_ref().map(Param::val))
    }
}

/// The factors and terms of a norm.
#[derive(Module, Debug)]
pub(crate) struct Scale {
    weight: Param<Tensor<1>>,
    bias: Param<Tensor<1>>,
}

impl Scale {
    pub(crate) fn new(channels: usize, device: &Device) -> Self {
        Self {
            weight: Param::from_tensor(Tensor::ones([channels], device)),
            bias: Param::from_tensor(Tensor::zeros([channels], device)),
        }
    }

    /// 32 groups, and SiLU.
    pub(crate) fn groups_silu(&self, x: Tensor<4>, by: Arithmetic) -> Tensor<4> {
        by.group_norm(x, self.weight.val(), self.bias.val(), (32, true))
    }

    /// 32 groups.
    pub(crate) fn groups(&self, x: Tensor<4>, by: Arithmetic) -> Tensor<4> {
        by.group_norm(x, self.weight.val(), self.bias.val(), (32, false))
    }

    pub(crate) fn rows(&self, x: Tensor<3>, by: Arithmetic) -> Tensor<3> {
        by.layer_norm(x, self.weight.val(), self.bias.val())
    }
}
