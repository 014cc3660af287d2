//! Which compiler makes kernels of burn's operations on an adapter.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Cube, Dispatch, Flex, backend_extension,
    tensor::FloatTensor,
};
use burn::tensor::{Device, Tensor};

/// The compiler that burn's operations go through on the device, such as `wgpu<wgsl>`; `None` on the CPU.
///
/// WGSL is what every adapter takes, a software one too. SPIR-V, with the feature `spirv`, is for real cards.
pub fn compiler(device: &Device) -> Option<&'static str> {
    let name = Name::default();
    let tensor = Tensor::<1>::empty([1], device);
    drop(Tensor::<1>::from_dispatch(Dispatch::named(
        tensor.into_dispatch(),
        name.clone(),
    )));
    *name.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps below `folder` which kernels an adapter computed fastest with, for the next start; nothing is measured, and so
/// nothing kept, by a program without the feature `tuned`.
pub fn keep_choices_in(folder: &Path) {
    #[cfg(feature = "tuned")]
    cubecl_environment::environment::set_root(folder);
    #[cfg(not(feature = "tuned"))]
    let _ = folder;
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Name(Arc<Mutex<Option<&'static str>>>);

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Naming: Backend {
    /// Finds the name of what a tensor is computed by.
    fn named(x: FloatTensor<Self>, name: Name) -> FloatTensor<Self>;
}

impl Naming for Flex {
    fn named(x: FloatTensor<Self>, _: Name) -> FloatTensor<Self> {
        x
    }
}

impl Naming for Cube {
    fn named(x: FloatTensor<Self>, name: Name) -> FloatTensor<Self> {
        *name.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(x.client.name());
        x
    }
}

impl<B: Naming, C: CheckpointStrategy> Naming for Autodiff<B, C> {
    fn named(x: FloatTensor<Self>, name: Name) -> FloatTensor<Self> {
        Self::from_inner(B::named(x.into_primitive(), name))
    }
}
