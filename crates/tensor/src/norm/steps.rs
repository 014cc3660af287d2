//! Normalisation in training.

use std::marker::PhantomData;

use burn::backend::{
    Autodiff, AutodiffBackend,
    autodiff::{
        NodeId,
        checkpoint::{
            base::Checkpointer, retro_forward::RetroForward, state::BackwardStates,
            strategy::CheckpointStrategy,
        },
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    tensor::FloatTensor,
};

use super::{Kept, Norm, Normalisation, Normed};

impl<B: Normalisation, C: CheckpointStrategy> Normalisation for Autodiff<B, C> {
    fn normalise(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        norm: Norm,
    ) -> Normed<Self> {
        let again = Again::<B> {
            arguments: [x.id(), gamma.id(), beta.id()],
            norm,
            backend: PhantomData,
        };
        let step = Step
            .prepare::<C>([x.node(), gamma.node(), beta.node()])
            .memory_bound()
            .retro_forward(again)
            .parents([&x, &gamma, &beta]);
        let inner = |x: FloatTensor<Self>, gamma: FloatTensor<Self>, beta: FloatTensor<Self>| {
            let (gamma, beta) = (gamma.into_primitive(), beta.into_primitive());
            B::normalise(x.into_primitive(), gamma, beta, norm)
        };
        let (out, normed) = match step.stateful() {
            OpsKind::Tracked(mut prep) => {
                let arguments = [&x, &gamma, &beta].map(|argument| prep.checkpoint(argument));
                let normed = inner(x, gamma, beta);
                let stats = (normed.mean.clone(), normed.rstd.clone());
                (
                    prep.finish((arguments, stats, norm), normed.out.clone()),
                    normed,
                )
            }
            OpsKind::UnTracked(prep) => {
                let normed = inner(x, gamma, beta);
                (prep.finish(normed.out.clone()), normed)
            }
        };
        Normed {
            out,
            mean: Self::from_inner(normed.mean),
            rstd: Self::from_inner(normed.rstd),
        }
    }
}

/// The norm computed a second time, where training saves memory by not keeping its outcome.
#[derive(Debug)]
struct Again<B> {
    arguments: [NodeId; 3],
    norm: Norm,
    backend: PhantomData<B>,
}

impl<B: Normalisation> RetroForward for Again<B> {
    fn forward(&self, states: &mut BackwardStates, out_node: NodeId) {
        let [x, gamma, beta] = self
            .arguments
            .map(|argument| states.get_state::<FloatTensor<B>>(&argument));
        states.save(out_node, B::normalise(x, gamma, beta, self.norm).out);
    }
}

#[derive(Debug)]
struct Step;

impl<B: Normalisation> Backward<B, 3> for Step {
    /// The arguments, the mean and 1 / √(variance + epsilon).
    type State = ([NodeId; 3], (FloatTensor<B>, FloatTensor<B>), Norm);

    fn backward(
        self,
        ops: Ops<Self::State, 3>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let (arguments, (mean, rstd), norm) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let [x, gamma, beta] =
            arguments.map(|argument| checkpointer.retrieve_node_output::<FloatTensor<B>>(argument));
        let kept = Kept {
            x,
            gamma,
            beta,
            mean,
            rstd,
        };
        let found = B::normalise_grads(grad, kept, norm);
        let found = [found.x, found.gamma, found.beta];
        for (node, grad) in ops.parents.into_iter().zip(found) {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}
