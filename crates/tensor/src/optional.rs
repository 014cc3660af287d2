//! An argument that may be left out of an operation.

use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Dispatch, ExtensionType,
    autodiff::{checkpoint::strategy::CheckpointStrategy, ops::NodeGuard},
    tensor::FloatTensor,
};
use burn::tensor::Tensor;

/// A tensor, or none; burn's extensions know no `Option` among their arguments.
#[derive(Clone, Debug, ExtensionType)]
pub(crate) enum Optional<B: Backend> {
    /// It is there.
    Given(FloatTensor<B>),
    /// It was left out.
    Absent,
}

impl<B: Backend> Optional<B> {
    pub(crate) fn into_option(self) -> Option<FloatTensor<B>> {
        match self {
            Self::Given(tensor) => Some(tensor),
            Self::Absent => None,
        }
    }

    pub(crate) fn as_option(&self) -> Option<&FloatTensor<B>> {
        match self {
            Self::Given(tensor) => Some(tensor),
            Self::Absent => None,
        }
    }

    /// The same argument of another backend.
    pub(crate) fn map<C: Backend>(
        self,
        change: impl FnOnce(FloatTensor<B>) -> FloatTensor<C>,
    ) -> Optional<C> {
        match self {
            Self::Given(tensor) => Optional::Given(change(tensor)),
            Self::Absent => Optional::Absent,
        }
    }
}

impl Optional<Dispatch> {
    /// As an operation takes it from a caller.
    pub(crate) fn of<const D: usize>(tensor: Option<Tensor<D>>) -> Self {
        match tensor {
            Some(tensor) => Self::Given(tensor.into_dispatch()),
            None => Self::Absent,
        }
    }
}

/// Holds the place of an argument among those of a backward step: an absent one never learns.
pub(crate) fn guard<B: Backend, C: CheckpointStrategy>(
    tensor: Option<&FloatTensor<Autodiff<B, C>>>,
    another: &FloatTensor<Autodiff<B, C>>,
) -> NodeGuard {
    match tensor {
        Some(tensor) => tensor.node(),
        None => Autodiff::<B, C>::from_inner(another.primitive().clone()).node(),
    }
}
