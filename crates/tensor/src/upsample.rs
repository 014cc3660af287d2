//! Feature maps twice as large.

use burn::backend::{
    Autodiff, Backend, Cube, Dispatch, Flex,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, unary},
    },
    backend_extension,
    tensor::FloatTensor,
};
use burn::tensor::Tensor;

use crate::flex::{Floats, are_f32, axes, fitting, room, tensor};
use crate::plain::upsample as plain;

/// Each pixel of `[batch, channels, height, width]` four times: `[batch, channels, 2 · height, 2 · width]`.
///
/// Before a convolution, [`crate::ConvOptions::upsampled`] does the same without storing the large map.
pub fn upsample_nearest2(x: Tensor<4>) -> Tensor<4> {
    Tensor::from_dispatch(Dispatch::nearest2(x.into_dispatch()))
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Upsampling: Backend {
    fn nearest2(x: FloatTensor<Self>) -> FloatTensor<Self> {
        plain::nearest2::<Self>(x)
    }

    fn nearest2_grad(grad: FloatTensor<Self>) -> FloatTensor<Self> {
        plain::nearest2_grad::<Self>(grad)
    }
}

impl Upsampling for Cube {}

impl Upsampling for Flex {
    fn nearest2(x: FloatTensor<Self>) -> FloatTensor<Self> {
        if !are_f32([&x]) {
            return plain::nearest2::<Self>(x);
        }
        let [batch, channels, height, width] = axes(&x);
        let mut out = room(4 * batch * channels * height * width);
        let x = Floats::of(x);
        fitting(weft_kernels::upsample_nearest2(
            x.slice(),
            [height, width],
            &mut out,
        ));
        tensor(out, [batch, channels, 2 * height, 2 * width])
    }

    fn nearest2_grad(grad: FloatTensor<Self>) -> FloatTensor<Self> {
        if !are_f32([&grad]) {
            return plain::nearest2_grad::<Self>(grad);
        }
        let [batch, channels, height, width] = axes(&grad);
        let size = [height / 2, width / 2];
        let mut out = room(batch * channels * size[0] * size[1]);
        let grad = Floats::of(grad);
        fitting(weft_kernels::upsample_nearest2_grad(
            grad.slice(),
            size,
            &mut out,
        ));
        tensor(out, [batch, channels, size[0], size[1]])
    }
}

impl<B: Upsampling, C: CheckpointStrategy> Upsampling for Autodiff<B, C> {
    fn nearest2(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let step = Step.prepare::<C>([x.node()]).compute_bound();
        step.stateless(B::nearest2(x.into_primitive()))
    }
}

#[derive(Debug)]
struct Step;

impl<B: Upsampling> Backward<B, 1> for Step {
    type State = ();

    fn backward(self, ops: Ops<(), 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        unary::<B, _>(ops.parents, ops.node, grads, B::nearest2_grad);
    }
}
