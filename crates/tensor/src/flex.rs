//! Slices of numbers in and out of burn's CPU backend.

use burn::backend::TensorMetadata;
use burn::backend::flex::{FlexTensor, Layout};
use burn::tensor::{Bytes, DType, Shape};
use weft_kernels::ShapeError;

/// The f32 of a tensor in the order of its axes; copied only where they do not lie so.
#[derive(Debug)]
pub(crate) struct Floats(FlexTensor);

impl Floats {
    pub(crate) fn of(tensor: FlexTensor) -> Self {
        if tensor.as_slice::<f32>().is_some() {
            return Self(tensor);
        }
        Self(tensor.to_contiguous())
    }

    pub(crate) fn slice(&self) -> &[f32] {
        // A contiguous copy always has the slice; an empty one is the only other answer.
        self.0.as_slice().unwrap_or_default()
    }
}

/// Whether all of them hold f32, which the kernels compute in.
pub(crate) fn are_f32<'a>(tensors: impl IntoIterator<Item = &'a FlexTensor>) -> bool {
    tensors
        .into_iter()
        .all(|tensor| tensor.dtype() == DType::F32)
}

/// The axes of a tensor of `D` axes.
pub(crate) fn axes<const D: usize>(tensor: &impl TensorMetadata) -> [usize; D] {
    tensor.shape().dims::<D>()
}

/// All numbers of a tensor, if they lie in the order of its axes and nobody else reads them.
pub(crate) fn whole_mut(tensor: &mut FlexTensor) -> Option<&mut [f32]> {
    let layout = tensor.layout();
    let count = layout.num_elements();
    if !layout.is_contiguous() || layout.start_offset() != 0 {
        return None;
    }
    tensor
        .try_storage_mut()
        .filter(|numbers| numbers.len() == count)
}

/// Room for so many numbers, for a kernel to write.
pub(crate) fn room(count: usize) -> Vec<f32> {
    vec![0.0; count]
}

/// A tensor of the numbers, in the order of its axes.
pub(crate) fn tensor(numbers: Vec<f32>, shape: impl Into<Shape>) -> FlexTensor {
    laid_out(numbers, Layout::contiguous(shape.into()))
}

/// A tensor of the numbers that lie as `layout` says.
pub(crate) fn laid_out(numbers: Vec<f32>, layout: Layout) -> FlexTensor {
    FlexTensor::new(Bytes::from_elems(numbers), layout, DType::F32)
}

/// The public functions have compared the shapes before, so what is left is a mistake of ours.
#[track_caller]
pub(crate) fn fitting<T>(result: Result<T, ShapeError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
