//! Normalisation: over groups of channels, with the activation that follows, and over the last axis.

mod flex;
mod steps;

use burn::backend::{
    Backend, Cube, Dispatch, ExtensionType, backend_extension, tensor::FloatTensor,
};
use burn::tensor::Tensor;

use crate::{
    half::{half, is_half, wide},
    plain,
};

/// Group normalisation (Wu and He, 2018) of `x` `[batch, channels, height, width]`, with SiLU after it if
/// `silu`, in one pass. `gamma` and `beta` are `[channels]`; `epsilon` is added to the variance.
///
/// # Panics
/// `groups` does not divide the channels, or `gamma` or `beta` are not one number per channel.
pub fn group_norm_silu(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    groups: usize,
    epsilon: f64,
    silu: bool,
) -> Tensor<4> {
    let channels = x.dims()[1];
    assert!(
        groups > 0 && channels.is_multiple_of(groups),
        "group_norm_silu: {groups} groups do not divide the channels of x {:?}",
        x.dims()
    );
    let norm = Norm::Groups {
        groups,
        epsilon,
        silu,
    };
    normalised(x, gamma, beta, (channels, norm))
}

/// Layer normalisation (Ba et al., 2016) of the last axis of `x` `[.., columns]`. `gamma` and `beta` are
/// `[columns]`; `epsilon` is added to the variance.
///
/// # Panics
/// `gamma` or `beta` are not one number per column.
pub fn layer_norm<const D: usize>(
    x: Tensor<D>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
) -> Tensor<D> {
    let columns = x.dims()[D - 1];
    normalised(x, gamma, beta, (columns, Norm::Rows { epsilon }))
}

fn normalised<const D: usize>(
    x: Tensor<D>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    (count, norm): (usize, Norm),
) -> Tensor<D> {
    assert!(
        gamma.dims() == [count] && beta.dims() == [count],
        "{}: gamma {:?} and beta {:?} do not fit x {:?}",
        norm.name(),
        gamma.dims(),
        beta.dims(),
        x.dims()
    );
    let (gamma, beta) = (gamma.into_dispatch(), beta.into_dispatch());
    let normed = Dispatch::normalise(x.into_dispatch(), gamma, beta, norm);
    Tensor::from_dispatch(normed.out)
}

/// What is normalised.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Norm {
    /// Groups of channels.
    Groups {
        groups: usize,
        epsilon: f64,
        silu: bool,
    },
    /// The last axis.
    Rows { epsilon: f64 },
}

impl Norm {
    fn name(&self) -> &'static str {
        match self {
            Self::Groups { .. } => "group_norm_silu",
            Self::Rows { .. } => "layer_norm",
        }
    }

    pub(crate) fn epsilon(&self) -> f64 {
        match *self {
            Self::Groups { epsilon, .. } | Self::Rows { epsilon } => epsilon,
        }
    }

    pub(crate) fn silu(&self) -> bool {
        matches!(self, Self::Groups { silu: true, .. })
    }
}

/// The outcome, and the mean and 1 / √(variance + epsilon) of each group or row for the backward pass.
#[derive(Clone, Debug, ExtensionType)]
pub(crate) struct Normed<B: Backend> {
    pub(crate) out: FloatTensor<B>,
    pub(crate) mean: FloatTensor<B>,
    pub(crate) rstd: FloatTensor<B>,
}

/// What the backward pass reads.
#[derive(Clone, Debug, ExtensionType)]
pub(crate) struct Kept<B: Backend> {
    pub(crate) x: FloatTensor<B>,
    pub(crate) gamma: FloatTensor<B>,
    pub(crate) beta: FloatTensor<B>,
    pub(crate) mean: FloatTensor<B>,
    pub(crate) rstd: FloatTensor<B>,
}

/// The gradients of the arguments.
#[derive(Clone, Debug, ExtensionType)]
pub(crate) struct NormGrads<B: Backend> {
    pub(crate) x: FloatTensor<B>,
    pub(crate) gamma: FloatTensor<B>,
    pub(crate) beta: FloatTensor<B>,
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Normalisation: Backend {
    fn normalise(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        norm: Norm,
    ) -> Normed<Self> {
        plain::norm::forward::<Self>(x, gamma, beta, &norm)
    }

    fn normalise_grads(
        grad: FloatTensor<Self>,
        #[extension_type] kept: Kept<Self>,
        norm: Norm,
    ) -> NormGrads<Self> {
        plain::norm::backward::<Self>(grad, kept, &norm)
    }
}

impl Normalisation for Cube {
    fn normalise(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        norm: Norm,
    ) -> Normed<Self> {
        if !is_half(&x) {
            return plain::norm::forward::<Self>(x, gamma, beta, &norm);
        }
        // Squares of what 16 bits hold are beyond them.
        let [x, gamma, beta] = [x, gamma, beta].map(wide);
        let normed = plain::norm::forward::<Self>(x, gamma, beta, &norm);
        Normed {
            out: half(normed.out),
            mean: half(normed.mean),
            rstd: half(normed.rstd),
        }
    }
}
