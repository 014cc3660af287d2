//! A look at what lies behind a tensor on a graphics adapter.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Cube, Dispatch, Flex, backend_extension,
    tensor::FloatTensor,
};
use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;

/// What `look` sees of a tensor; `None` on the CPU.
pub(crate) fn on_adapter<const D: usize, T: Send + 'static>(
    tensor: &Tensor<D>,
    look: impl Fn(&CubeTensor) -> T + Send + Sync + 'static,
) -> Option<T> {
    let seen = Arc::new(Mutex::new(None));
    let put = seen.clone();
    let look = Look(Arc::new(move |x: &CubeTensor| {
        *put.lock().unwrap_or_else(PoisonError::into_inner) = Some(look(x));
    }));
    let looked = Dispatch::looked(tensor.clone().into_dispatch(), look);
    drop(Tensor::<D>::from_dispatch(looked));
    seen.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Who looks.
#[derive(Clone)]
pub(crate) struct Look(Arc<dyn Fn(&CubeTensor) + Send + Sync>);

impl fmt::Debug for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Look")
    }
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Looking: Backend {
    /// Shows a tensor to `look`.
    fn looked(x: FloatTensor<Self>, look: Look) -> FloatTensor<Self>;
}

impl Looking for Flex {
    fn looked(x: FloatTensor<Self>, _: Look) -> FloatTensor<Self> {
        x
    }
}

impl Looking for Cube {
    fn looked(x: FloatTensor<Self>, look: Look) -> FloatTensor<Self> {
        (look.0)(&x);
        x
    }
}

impl<B: Looking, C: CheckpointStrategy> Looking for Autodiff<B, C> {
    fn looked(x: FloatTensor<Self>, look: Look) -> FloatTensor<Self> {
        Self::from_inner(B::looked(x.into_primitive(), look))
    }
}
