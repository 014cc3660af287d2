//! Convolution of feature maps.

mod cube;
mod flex;
mod patches;
mod steps;

use burn::backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor};
use burn::tensor::Tensor;
use weft_kernels::{ConvShape, Precision};

use crate::{adapter, optional::Optional, plain};

/// How a kernel walks over a feature map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvOptions {
    /// Pixels from one place of the kernel to the next, 1 or more.
    pub stride: usize,
    /// Pixels of zeros above, below, left and right of the map.
    pub padding: [usize; 4],
    /// 2 doubles the map (nearest) before the convolution, without ever storing the large one; else 1.
    pub upsample: usize,
}

impl Default for ConvOptions {
    /// Each pixel, no padding, no enlargement.
    fn default() -> Self {
        Self {
            stride: 1,
            padding: [0; 4],
            upsample: 1,
        }
    }
}

impl ConvOptions {
    /// So many pixels of zeros at each side.
    pub fn padded(pixels: usize) -> Self {
        Self {
            padding: [pixels; 4],
            ..Self::default()
        }
    }

    /// The same with another stride.
    pub fn with_stride(self, stride: usize) -> Self {
        Self { stride, ..self }
    }

    /// The same on the map doubled first.
    pub fn upsampled(self) -> Self {
        Self {
            upsample: 2,
            ..self
        }
    }

    fn shape(&self, x: [usize; 4], weight: [usize; 4]) -> ConvShape {
        let [batch, inputs, height, width] = x;
        let [outputs, _, rows, columns] = weight;
        ConvShape {
            batch,
            inputs,
            outputs,
            size: [height, width],
            kernel: [rows, columns],
            stride: self.stride,
            padding: self.padding,
            upsample: self.upsample,
        }
    }
}

/// Convolves `x` `[batch, inputs, height, width]` with `weight` `[outputs, inputs, rows, columns]` and adds
/// `bias` `[outputs]`: `[batch, outputs, height', width']`.
///
/// `precision` is that of the operands on the CPU; other devices compute in the tensors' own type, and sum `f16` in `f32`:
/// a graphics adapter lays out what lies under the kernel and multiplies, in parts of at most 256 MiB.
///
/// # Panics
/// The shapes do not fit, or the kernel is larger than the padded map.
pub fn conv2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    options: ConvOptions,
    precision: Precision,
) -> Tensor<4> {
    let (size, kernel) = (x.dims(), weight.dims());
    let inputs_fit = size[1] == kernel[1];
    let bias_fits = bias.as_ref().is_none_or(|bias| bias.dims() == [kernel[0]]);
    assert!(
        inputs_fit && bias_fits,
        "conv2d: x {size:?}, weight {kernel:?} and bias {:?} do not fit",
        bias.as_ref().map(Tensor::dims),
    );
    if let Err(error) = options.shape(size, kernel).output() {
        panic!("conv2d of x {size:?} with weight {kernel:?}: {error}");
    }
    let plan = Plan {
        options,
        precision,
        keep: true,
        adapter: adapter::number(&x.device()),
    };
    let (x, weight) = (x.into_dispatch(), weight.into_dispatch());
    Tensor::from_dispatch(Dispatch::convolve(x, weight, Optional::of(bias), plan))
}

/// The weight `[outputs, inputs, rows, columns]` for [`conv2d`] of that precision alone, as
/// [`linear_weight`](crate::linear_weight) is for `linear`.
pub fn conv2d_weight(weight: Tensor<4>, precision: Precision) -> Tensor<4> {
    let weight = weight.into_dispatch();
    Tensor::from_dispatch(Dispatch::convolve_weight(weight, precision))
}

/// What a convolution does, besides its tensors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    options: ConvOptions,
    precision: Precision,
    /// Whether the packed weight is kept for the next call.
    keep: bool,
    /// The graphics adapter that computes, by its number.
    adapter: Option<usize>,
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Convolution: Backend {
    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        #[extension_type] bias: Optional<Self>,
        plan: Plan,
    ) -> FloatTensor<Self> {
        plain::conv::conv2d::<Self>(x, weight, bias.into_option(), &plan.options)
    }

    fn convolve_weight(weight: FloatTensor<Self>, _precision: Precision) -> FloatTensor<Self> {
        weight
    }

    fn convolve_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        x: [usize; 4],
        plan: Plan,
    ) -> FloatTensor<Self> {
        plain::conv::input_grad::<Self>(grad, weight, x, &plan.options)
    }

    fn convolve_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        weight: [usize; 4],
        plan: Plan,
    ) -> FloatTensor<Self> {
        plain::conv::weight_grad::<Self>(x, grad, weight, &plan.options)
    }

    fn convolve_bias_grad(grad: FloatTensor<Self>) -> FloatTensor<Self> {
        plain::conv::bias_grad::<Self>(grad)
    }
}
