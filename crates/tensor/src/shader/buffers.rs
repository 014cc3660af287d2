//! The buffers that burn keeps tensors in.

use std::sync::{Arc, Mutex, PoisonError};

use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Cube, Dispatch, Flex, backend_extension,
    tensor::FloatTensor,
};
use burn::tensor::Tensor;
use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use burn_wgpu::{AutoCompiler, WgpuResource};
use cubecl_wgpu::WgpuServer;

/// The buffer of a tensor, good as long as the tensor is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found(Arc<Mutex<Option<Result<WgpuResource, String>>>>);

impl Found {
    fn put(&self, found: Result<WgpuResource, String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
    }
}

/// The tensor with its numbers in the order of its axes, and its buffer.
///
/// # Errors
/// A sentence on why it has none.
pub(super) fn of(tensor: Tensor<4>) -> Result<(Tensor<4>, WgpuResource), String> {
    let found = Found::default();
    let tensor = Tensor::from_dispatch(Dispatch::buffer(tensor.into_dispatch(), found.clone()));
    let taken = found
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let lack = || "the tensor is not on a graphics adapter".to_owned();
    Ok((tensor, taken.ok_or_else(lack)??))
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Buffers: Backend {
    /// Finds the buffer of a tensor, and sends all work on it to the queue.
    fn buffer(x: FloatTensor<Self>, found: Found) -> FloatTensor<Self>;
}

impl Buffers for Flex {
    fn buffer(x: FloatTensor<Self>, _: Found) -> FloatTensor<Self> {
        x
    }
}

impl Buffers for Cube {
    fn buffer(x: FloatTensor<Self>, found: Found) -> FloatTensor<Self> {
        let x = into_contiguous(x);
        found.put(resource(&x));
        x
    }
}

/// The buffer of a tensor, after all work on it was sent to the queue.
///
/// # Errors
/// A sentence on why it has none.
pub(crate) fn resource(x: &CubeTensor) -> Result<WgpuResource, String> {
    let resource = x
        .client
        .get_resource::<WgpuServer<AutoCompiler>>(x.handle.clone());
    let flushed = x.client.flush();
    match (resource, flushed) {
        (Ok(resource), Ok(())) => Ok(resource.resource().clone()),
        (Err(error), _) | (_, Err(error)) => Err(error.to_string()),
    }
}

impl<B: Buffers, C: CheckpointStrategy> Buffers for Autodiff<B, C> {
    fn buffer(x: FloatTensor<Self>, found: Found) -> FloatTensor<Self> {
        // Programs have no derivative: what they make is a constant.
        Self::from_inner(B::buffer(x.into_primitive(), found))
    }
}
