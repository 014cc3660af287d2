//! Convolution in training.

use burn::backend::{
    Autodiff, TensorMetadata,
    autodiff::{
        NodeId,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    tensor::FloatTensor,
};

use super::{Convolution, Plan};
use crate::optional::{Optional, guard};

impl<B: Convolution, C: CheckpointStrategy> Convolution for Autodiff<B, C> {
    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Optional<Self>,
        plan: Plan,
    ) -> FloatTensor<Self> {
        let (x_is_tracked, weight_is_tracked) = (x.is_tracked(), weight.is_tracked());
        let plan = Plan {
            keep: plan.keep && !weight_is_tracked,
            ..plan
        };
        let nodes = [x.node(), weight.node(), guard::<B, C>(bias.as_option(), &x)];
        let state = (x.shape().dims(), weight.shape().dims(), plan);
        let convolve = |x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: Optional<Self>| {
            let bias = bias.map(FloatTensor::<Self>::into_primitive);
            B::convolve(x.into_primitive(), weight.into_primitive(), bias, plan)
        };
        match Step.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let kept_x = weight_is_tracked.then(|| prep.checkpoint(&x));
                let kept_weight = x_is_tracked.then(|| prep.checkpoint(&weight));
                prep.finish((kept_x, kept_weight, state), convolve(x, weight, bias))
            }
            OpsKind::UnTracked(prep) => prep.finish(convolve(x, weight, bias)),
        }
    }
}

#[derive(Debug)]
struct Step;

impl<B: Convolution> Backward<B, 3> for Step {
    /// The input if the weight learns, the weight if the input does, and their shapes.
    type State = (
        Option<NodeId>,
        Option<NodeId>,
        ([usize; 4], [usize; 4], Plan),
    );

    fn backward(
        self,
        ops: Ops<Self::State, 3>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let [x_node, weight_node, bias_node] = ops.parents;
        let (x, weight, (x_shape, weight_shape, plan)) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let mut kept = |node| checkpointer.retrieve_node_output::<FloatTensor<B>>(node);
        let (x, weight) = (x.map(&mut kept), weight.map(&mut kept));
        if let (Some(node), Some(weight)) = (x_node, weight) {
            let x_grad = B::convolve_input_grad(grad.clone(), weight, x_shape, plan);
            grads.register::<B>(node.id, x_grad);
        }
        if let (Some(node), Some(x)) = (weight_node, x) {
            let weight_grad = B::convolve_weight_grad(x, grad.clone(), weight_shape, plan);
            grads.register::<B>(node.id, weight_grad);
        }
        if let Some(node) = bias_node {
            grads.register::<B>(node.id, B::convolve_bias_grad(grad));
        }
    }
}
