//! The numbers of a tensor, to be read on the host.

use std::sync::{Arc, Mutex, PoisonError};

use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Cube, Dispatch, Flex,
    autodiff::checkpoint::strategy::CheckpointStrategy, backend_extension, tensor::FloatTensor,
};
use burn::tensor::Tensor;

use crate::{
    copies::floats,
    flex::{Floats, are_f32},
};

/// The numbers of a tensor, in the order of its axes; not copied where they lie on the host in that order.
pub struct Numbers(Held);

enum Held {
    Shared(Floats),
    Read(Vec<f32>),
}

impl Numbers {
    /// Those of `tensor`.
    ///
    /// # Errors
    /// A sentence on why the device did not give them back.
    pub fn of(tensor: &Tensor<4>) -> Result<Self, String> {
        let found = Found::default();
        let tensor = Tensor::<4>::from_dispatch(Dispatch::shared(
            tensor.clone().into_dispatch(),
            found.clone(),
        ));
        if let Some(floats) = found.take() {
            return Ok(Self(Held::Shared(floats)));
        }
        floats(tensor).map(|numbers| Self(Held::Read(numbers)))
    }

    /// The numbers.
    pub fn slice(&self) -> &[f32] {
        match &self.0 {
            Held::Shared(floats) => floats.slice(),
            Held::Read(numbers) => numbers,
        }
    }
}

/// What was found of a tensor whose numbers lie on the host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found(Arc<Mutex<Option<Floats>>>);

impl Found {
    fn take(&self) -> Option<Floats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Sharing: Backend {
    /// Finds the numbers of a tensor that lie on the host.
    fn shared(x: FloatTensor<Self>, found: Found) -> FloatTensor<Self>;
}

impl Sharing for Flex {
    fn shared(x: FloatTensor<Self>, found: Found) -> FloatTensor<Self> {
        if are_f32([&x]) {
            let floats = Floats::of(x.clone());
            *found.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(floats);
        }
        x
    }
}

impl Sharing for Cube {
    fn shared(x: FloatTensor<Self>, _: Found) -> FloatTensor<Self> {
        x
    }
}

impl<B: Sharing, C: CheckpointStrategy> Sharing for Autodiff<B, C> {
    fn shared(x: FloatTensor<Self>, found: Found) -> FloatTensor<Self> {
        Self::from_inner(B::shared(x.into_primitive(), found))
    }
}
