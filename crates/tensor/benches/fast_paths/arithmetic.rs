//! The operations of the U-Net, by the fast paths or by burn's own.

use burn::tensor::{
    Tensor, activation,
    module::{self, attention as burn_attention},
    ops::{self, AttentionModuleOptions, InterpolateMode, InterpolateOptions},
};
use weft_tensor::{ConvOptions, Precision};

const EPSILON: f64 = 1e-5;

/// Whose operations compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    /// The fast paths of this crate.
    Weft(Precision),
    /// burn's own, in f32.
    Burn,
}

impl Arithmetic {
    pub(crate) fn conv(
        self,
        x: Tensor<4>,
        weight: Tensor<4>,
        bias: Tensor<1>,
        options: ConvOptions,
    ) -> Tensor<4> {
        if let Self::Weft(precision) = self {
            return weft_tensor::conv2d(x, weight, Some(bias), options, precision);
        }
        let [_, _, height, width] = x.dims();
        let x = if options.upsample == 2 {
            let nearest = InterpolateOptions::new(InterpolateMode::Nearest);
            module::interpolate(x, nearest.with_output_size([2 * height, 2 * width]))
        } else {
            x
        };
        let [top, bottom, left, right] = options.padding;
        let (stride, padding) = ([options.stride; 2], [(top, bottom), (left, right)]);
        let options = ops::ConvOptions::new_with_padding(stride, padding, [1, 1], 1);
        module::conv2d(x, weight, Some(bias), options)
    }

    pub(crate) fn linear<const D: usize>(
        self,
        x: Tensor<D>,
        weight: Tensor<2>,
        bias: Option<Tensor<1>>,
    ) -> Tensor<D> {
        match self {
            Self::Weft(precision) => weft_tensor::linear(x, weight, bias, precision),
            Self::Burn => module::linear(x, weight, bias),
        }
    }

    pub(crate) fn attention(self, q: Tensor<4>, k: Tensor<4>, v: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Weft(precision) => weft_tensor::attention(q, k, v, None, None, precision),
            Self::Burn => burn_attention(q, k, v, None, None, AttentionModuleOptions::default()),
        }
    }

    pub(crate) fn group_norm(
        self,
        x: Tensor<4>,
        gamma: Tensor<1>,
        beta: Tensor<1>,
        (groups, silu): (usize, bool),
    ) -> Tensor<4> {
        if let Self::Weft(_) = self {
            return weft_tensor::group_norm_silu(x, gamma, beta, groups, EPSILON, silu);
        }
        let shape @ [batch, channels, height, width] = x.dims();
        let rows = x.reshape([batch, groups, channels / groups * height * width]);
        let centred = rows.clone() - rows.mean_dim(2);
        let variance = (centred.clone() * centred.clone()).mean_dim(2);
        let normal = (centred / (variance + EPSILON).sqrt()).reshape(shape);
        let [gamma, beta] = [gamma, beta].map(|row| row.reshape([1, channels, 1, 1]));
        let out = normal * gamma + beta;
        if silu { activation::silu(out) } else { out }
    }

    pub(crate) fn layer_norm(self, x: Tensor<3>, gamma: Tensor<1>, beta: Tensor<1>) -> Tensor<3> {
        match self {
            Self::Weft(_) => weft_tensor::layer_norm(x, gamma, beta, EPSILON),
            Self::Burn => module::layer_norm(x, gamma, Some(beta), EPSILON),
        }
    }

    pub(crate) fn geglu(self, x: Tensor<3>) -> Tensor<3> {
        if let Self::Weft(_) = self {
            return weft_tensor::geglu(x);
        }
        let half = x.dims()[2] / 2;
        let (value, gate) = (x.clone().narrow(2, 0, half), x.narrow(2, half, half));
        value * activation::gelu(gate)
    }

    pub(crate) fn silu<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Weft(_) => weft_tensor::silu(x),
            Self::Burn => activation::silu(x),
        }
    }
}
