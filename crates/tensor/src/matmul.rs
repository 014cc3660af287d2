//! Products of matrices.

use burn::backend::{
    Autodiff, Backend, Cube, Dispatch, Flex,
    autodiff::{
        NodeId,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    backend_extension,
    flex::FlexTensor,
    ops::FloatTensorOps,
    tensor::FloatTensor,
};
use burn::tensor::Tensor;
use weft_kernels::{BatchShape, Precision};

use crate::flex::{are_f32, axes, fitting, room, tensor};

/// `a · b` for each item of a batch: `[batch, m, k]` and `[batch, k, n]` give `[batch, m, n]`.
///
/// Matrices whose axes were swapped are read where they lie. `precision` is that of the operands on the CPU;
/// other devices compute in the tensors' own type.
///
/// # Panics
/// The shapes do not fit.
pub fn matmul(a: Tensor<3>, b: Tensor<3>, precision: Precision) -> Tensor<3> {
    let ([batch, _, k], [items, rows, _]) = (a.dims(), b.dims());
    assert!(
        batch == items && k == rows,
        "matmul: {:?} and {:?} do not fit",
        a.dims(),
        b.dims()
    );
    let product = Dispatch::product(a.into_dispatch(), b.into_dispatch(), precision);
    Tensor::from_dispatch(product)
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Product: Backend {
    fn product(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        _precision: Precision,
    ) -> FloatTensor<Self> {
        Self::float_matmul(a, b)
    }
}

impl Product for Cube {}

impl Product for Flex {
    fn product(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        precision: Precision,
    ) -> FloatTensor<Self> {
        if !are_f32([&a, &b]) {
            return Self::float_matmul(a, b);
        }
        let ([batch, m, k], [_, _, n]) = (axes(&a), axes(&b));
        let (a, b) = (Batch::of(a), Batch::of(b));
        let shape = BatchShape {
            batch,
            m,
            k,
            n,
            transpose_lhs: a.is_transposed,
            transpose_rhs: b.is_transposed,
        };
        let mut out = room(batch * m * n);
        let product =
            weft_kernels::matmul_batched(a.slice(), b.slice(), shape, precision, &mut out);
        fitting(product);
        tensor(out, [batch, m, n])
    }
}

/// A batch of matrices that lie row after row, or column after column.
struct Batch {
    numbers: FlexTensor,
    is_transposed: bool,
}

impl Batch {
    fn of(numbers: FlexTensor) -> Self {
        let is_transposed = !numbers.is_contiguous();
        let columns = numbers.layout().transpose(1, 2);
        if is_transposed && columns.is_contiguous() {
            let numbers = numbers.with_layout(columns);
            return Self {
                numbers,
                is_transposed,
            };
        }
        let numbers = match numbers.as_slice::<f32>() {
            Some(_) => numbers,
            None => numbers.to_contiguous(),
        };
        Self {
            numbers,
            is_transposed: false,
        }
    }

    fn slice(&self) -> &[f32] {
        self.numbers.as_slice().unwrap_or_default()
    }
}

impl<B: Product, C: CheckpointStrategy> Product for Autodiff<B, C> {
    fn product(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        precision: Precision,
    ) -> FloatTensor<Self> {
        let (a_is_tracked, b_is_tracked) = (a.is_tracked(), b.is_tracked());
        let step = Step.prepare::<C>([a.node(), b.node()]).compute_bound();
        match step.stateful() {
            OpsKind::Tracked(mut prep) => {
                let kept_a = b_is_tracked.then(|| prep.checkpoint(&a));
                let kept_b = a_is_tracked.then(|| prep.checkpoint(&b));
                let out = B::product(a.into_primitive(), b.into_primitive(), precision);
                prep.finish((kept_a, kept_b, precision), out)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::product(
                a.into_primitive(),
                b.into_primitive(),
                precision,
            )),
        }
    }
}

#[derive(Debug)]
struct Step;

impl<B: Product> Backward<B, 2> for Step {
    /// Each factor if the other one learns.
    type State = (Option<NodeId>, Option<NodeId>, Precision);

    fn backward(
        self,
        ops: Ops<Self::State, 2>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let [a_node, b_node] = ops.parents;
        let (a, b, precision) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let mut turned = |node| {
            let factor = checkpointer.retrieve_node_output::<FloatTensor<B>>(node);
            B::float_swap_dims(factor, 1, 2)
        };
        let (a, b) = (a.map(&mut turned), b.map(&mut turned));
        if let (Some(node), Some(b)) = (a_node, b) {
            grads.register::<B>(node.id, B::product(grad.clone(), b, precision));
        }
        if let (Some(node), Some(a)) = (b_node, a) {
            grads.register::<B>(node.id, B::product(a, grad, precision));
        }
    }
}
