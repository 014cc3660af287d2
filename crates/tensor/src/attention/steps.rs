//! Attention in training.

use burn::backend::{
    Autodiff, AutodiffBackend,
    autodiff::{
        NodeId,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    tensor::FloatTensor,
};

use super::{Attended, Attending, Attention, Plan, attend_plainly};
use crate::optional::Optional;

impl<B: Attention, C: CheckpointStrategy> Attention for Autodiff<B, C> {
    fn attend(of: Attending<Self>, plan: Plan) -> Attended<Self> {
        if of.mask.as_option().is_some_and(|mask| mask.is_tracked()) {
            return attend_plainly(of, plan);
        }
        let Attending { q, k, v, mask } = of;
        let mask = mask.map(FloatTensor::<Self>::into_primitive);
        let step = Step.prepare::<C>([q.node(), k.node(), v.node()]);
        let (out, log_sum) = match step.compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let arguments = [&q, &k, &v].map(|argument| prep.checkpoint(argument));
                let attended = attend::<B, C>([q, k, v], mask.clone(), plan);
                let out = attended.out.clone();
                let log_sum = attended.log_sum.clone();
                (prep.finish((arguments, mask, attended, plan), out), log_sum)
            }
            OpsKind::UnTracked(prep) => {
                let attended = attend::<B, C>([q, k, v], mask, plan);
                (prep.finish(attended.out), attended.log_sum)
            }
        };
        Attended {
            out,
            log_sum: log_sum.map(Self::from_inner),
        }
    }
}

fn attend<B: Attention, C: CheckpointStrategy>(
    arguments: [FloatTensor<Autodiff<B, C>>; 3],
    mask: Optional<B>,
    plan: Plan,
) -> Attended<B> {
    let [q, k, v] = arguments.map(FloatTensor::<Autodiff<B, C>>::into_primitive);
    B::attend(Attending { q, k, v, mask }, plan)
}

#[derive(Debug)]
struct Step;

impl<B: Attention> Backward<B, 3> for Step {
    /// The arguments, the mask and the outcome.
    type State = ([NodeId; 3], Optional<B>, Attended<B>, Plan);

    fn backward(
        self,
        ops: Ops<Self::State, 3>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let (arguments, mask, attended, plan) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let [q, k, v] =
            arguments.map(|argument| checkpointer.retrieve_node_output::<FloatTensor<B>>(argument));
        let found = B::attend_grads(grad, Attending { q, k, v, mask }, attended, plan);
        for (node, grad) in ops.parents.into_iter().zip([found.q, found.k, found.v]) {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}
