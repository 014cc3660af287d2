//! Dense layers in training.

use burn::backend::{
    Autodiff,
    autodiff::{
        NodeId,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    tensor::FloatTensor,
};

use super::{Dense, Plan};
use crate::optional::{Optional, guard};

impl<B: Dense, C: CheckpointStrategy> Dense for Autodiff<B, C> {
    fn dense(
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
        let dense = |x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: Optional<Self>| {
            let bias = bias.map(FloatTensor::<Self>::into_primitive);
            B::dense(x.into_primitive(), weight.into_primitive(), bias, plan)
        };
        match Step.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let kept_x = weight_is_tracked.then(|| prep.checkpoint(&x));
                let kept_weight = x_is_tracked.then(|| prep.checkpoint(&weight));
                prep.finish((kept_x, kept_weight, plan), dense(x, weight, bias))
            }
            OpsKind::UnTracked(prep) => prep.finish(dense(x, weight, bias)),
        }
    }
}

#[derive(Debug)]
struct Step;

impl<B: Dense> Backward<B, 3> for Step {
    /// The input if the weight learns, the weight if the input does.
    type State = (Option<NodeId>, Option<NodeId>, Plan);

    fn backward(
        self,
        ops: Ops<Self::State, 3>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let [x_node, weight_node, bias_node] = ops.parents;
        let (x, weight, plan) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let mut kept = |node| checkpointer.retrieve_node_output::<FloatTensor<B>>(node);
        let (x, weight) = (x.map(&mut kept), weight.map(&mut kept));
        if let (Some(node), Some(weight)) = (x_node, weight) {
            grads.register::<B>(node.id, B::dense_input_grad(grad.clone(), weight, plan));
        }
        if let (Some(node), Some(x)) = (weight_node, x) {
            grads.register::<B>(node.id, B::dense_weight_grad(x, grad.clone(), plan));
        }
        if let Some(node) = bias_node {
            grads.register::<B>(node.id, B::dense_bias_grad(grad));
        }
    }
}
