//! Activations: SiLU, GELU and the linear unit gated by GELU.

use burn::backend::{
    Autodiff, Backend, Cube, Dispatch, Flex, TensorMetadata,
    autodiff::{
        NodeId,
        checkpoint::{
            base::Checkpointer, retro_forward::RetroForward, state::BackwardStates,
            strategy::CheckpointStrategy,
        },
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    backend_extension,
    flex::FlexTensor,
    tensor::FloatTensor,
};
use burn::tensor::{Shape, Tensor};

use crate::flex::{Floats, are_f32, fitting, room, tensor, whole_mut};
use crate::half::{half, is_half, wide};
use crate::plain::{activation as plain, linear::with_columns};

/// `x · σ(x)` (Elfwing et al., 2018), elementwise.
pub fn silu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::activate(x.into_dispatch(), Curve::Silu))
}

/// `x · Φ(x)` with the exact Φ (Hendrycks and Gimpel, 2016), elementwise, as PyTorch's default.
pub fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::activate(x.into_dispatch(), Curve::Gelu))
}

/// `value · gelu(gate)` (Shazeer, 2020): the last axis `[.., 2 · half]` holds the values, then the gates, as
/// diffusers has them; `[.., half]` comes out.
///
/// # Panics
/// The last axis is odd.
pub fn geglu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    assert!(
        D > 0 && x.dims()[D - 1].is_multiple_of(2),
        "geglu: the last axis of {:?} has no two halves",
        x.dims()
    );
    Tensor::from_dispatch(Dispatch::activate(x.into_dispatch(), Curve::Geglu))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    Silu,
    Gelu,
    Geglu,
}

impl Curve {
    fn plain<B: Backend>(self, x: FloatTensor<B>) -> FloatTensor<B> {
        match self {
            Self::Silu => plain::silu::<B>(x),
            Self::Gelu => plain::gelu::<B>(x),
            Self::Geglu => plain::geglu::<B>(x),
        }
    }

    fn plain_grad<B: Backend>(self, grad: FloatTensor<B>, x: FloatTensor<B>) -> FloatTensor<B> {
        match self {
            Self::Silu => B::float_mul(grad, plain::silu_slope::<B>(x)),
            Self::Gelu => B::float_mul(grad, plain::gelu_slope::<B>(x)),
            Self::Geglu => plain::geglu_grad::<B>(grad, x),
        }
    }

    /// Half the last axis of `x`, and the shape of the outcome.
    fn output(self, x: Shape) -> (usize, Shape) {
        let half = x[x.num_dims() - 1] / 2;
        match self {
            Self::Silu | Self::Gelu => (half, x),
            Self::Geglu => (half, with_columns(x, half)),
        }
    }

    /// Writes over the numbers of a tensor that nobody else reads.
    fn in_place(self, x: &mut FlexTensor) -> bool {
        let Some(numbers) = whole_mut(x) else {
            return false;
        };
        match self {
            Self::Silu => weft_kernels::silu_in_place(numbers),
            Self::Gelu => weft_kernels::gelu_in_place(numbers),
            Self::Geglu => return false,
        }
        true
    }
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Activation: Backend {
    fn activate(x: FloatTensor<Self>, curve: Curve) -> FloatTensor<Self> {
        curve.plain::<Self>(x)
    }

    fn activate_grad(
        grad: FloatTensor<Self>,
        x: FloatTensor<Self>,
        curve: Curve,
    ) -> FloatTensor<Self> {
        curve.plain_grad::<Self>(grad, x)
    }
}

impl Activation for Cube {
    fn activate(x: FloatTensor<Self>, curve: Curve) -> FloatTensor<Self> {
        match is_half(&x) {
            true => half(curve.plain::<Self>(wide(x))),
            false => curve.plain::<Self>(x),
        }
    }
}

impl Activation for Flex {
    fn activate(mut x: FloatTensor<Self>, curve: Curve) -> FloatTensor<Self> {
        if !are_f32([&x]) {
            return curve.plain::<Self>(x);
        }
        if curve.in_place(&mut x) {
            return x;
        }
        let (half, shape) = curve.output(x.shape());
        let x = Floats::of(x);
        let mut out = room(shape.num_elements());
        fitting(match curve {
            Curve::Silu => weft_kernels::silu(x.slice(), &mut out),
            Curve::Gelu => weft_kernels::gelu(x.slice(), &mut out),
            Curve::Geglu => weft_kernels::geglu(x.slice(), half, &mut out),
        });
        tensor(out, shape)
    }

    fn activate_grad(
        grad: FloatTensor<Self>,
        x: FloatTensor<Self>,
        curve: Curve,
    ) -> FloatTensor<Self> {
        if !are_f32([&grad, &x]) {
            return curve.plain_grad::<Self>(grad, x);
        }
        let shape = x.shape();
        let half = shape[shape.num_dims() - 1] / 2;
        let (grad, x) = (Floats::of(grad), Floats::of(x));
        let mut out = room(shape.num_elements());
        fitting(match curve {
            Curve::Silu => weft_kernels::silu_grad(grad.slice(), x.slice(), &mut out),
            Curve::Gelu => weft_kernels::gelu_grad(grad.slice(), x.slice(), &mut out),
            Curve::Geglu => weft_kernels::geglu_grad(grad.slice(), x.slice(), half, &mut out),
        });
        tensor(out, shape)
    }
}

impl<B: Activation, C: CheckpointStrategy> Activation for Autodiff<B, C> {
    fn activate(x: FloatTensor<Self>, curve: Curve) -> FloatTensor<Self> {
        let again = Again::<B> {
            x: x.id(),
            curve,
            backend: std::marker::PhantomData,
        };
        let step = Step.prepare::<C>([x.node()]).memory_bound();
        match step.retro_forward(again).parents([&x]).stateful() {
            OpsKind::Tracked(mut prep) => {
                let kept = prep.checkpoint(&x);
                prep.finish((kept, curve), B::activate(x.into_primitive(), curve))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::activate(x.into_primitive(), curve)),
        }
    }
}

/// The activation computed a second time, where training saves memory by not keeping it.
#[derive(Debug)]
struct Again<B> {
    x: NodeId,
    curve: Curve,
    backend: std::marker::PhantomData<B>,
}

impl<B: Activation> RetroForward for Again<B> {
    fn forward(&self, states: &mut BackwardStates, out_node: NodeId) {
        let x = states.get_state::<FloatTensor<B>>(&self.x);
        states.save(out_node, B::activate(x, self.curve));
    }
}

#[derive(Debug)]
struct Step;

impl<B: Activation> Backward<B, 1> for Step {
    type State = (NodeId, Curve);

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let [node] = ops.parents;
        let (x, curve) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let x = checkpointer.retrieve_node_output::<FloatTensor<B>>(x);
        if let Some(node) = node {
            grads.register::<B>(node.id, B::activate_grad(grad, x, curve));
        }
    }
}
