//! Attention without the matrix of all scores.

mod cube;
mod flex;
mod steps;

use burn::backend::{Backend, Dispatch, ExtensionType, backend_extension, tensor::FloatTensor};
use burn::tensor::Tensor;
use weft_kernels::Precision;

use crate::{adapter, optional::Optional, plain};

/// `softmax(q · kᵀ · scale + mask) · v` (Vaswani et al., 2017), tile by tile with an online softmax (Dao et
/// al., 2022): `q` `[batch, heads, queries, head]`, `k` `[batch, heads, keys, head]`, `v` `[batch, heads, keys,
/// value]` give `[batch, heads, queries, value]`.
///
/// Views such as `x.reshape([b, l, heads, head]).swap_dims(1, 2)` are read where they lie, and on the CPU the
/// outcome lies so that `swap_dims(1, 2)` and `reshape` copy nothing. `mask` is added to the scores, -inf
/// leaves a key out, and each of its axes but the last may be 1; a query without keys gets zeros. `scale` is
/// 1 / √head if it is not given. `precision` is that of the operands on the CPU; other devices compute in the
/// tensors' own type, and sum `f16` in `f32`. A graphics adapter takes tiles for rows of 4 to 256 numbers by fours,
/// and for others the scores of some queries at a time, so that they stay below 64 MiB. The mask learns only where
/// burn's own operations carry it, which is slow.
///
/// # Panics
/// The shapes do not fit.
pub fn attention(
    q: Tensor<4>,
    k: Tensor<4>,
    v: Tensor<4>,
    mask: Option<Tensor<4>>,
    scale: Option<f32>,
    precision: Precision,
) -> Tensor<4> {
    let (of_q, of_k, of_v) = (q.dims(), k.dims(), v.dims());
    let scores = [of_q[0], of_q[1], of_q[2], of_k[2]];
    let fit = of_k[..2] == of_q[..2] && of_v[..3] == of_k[..3] && of_q[3] == of_k[3];
    let mask_fits = mask.as_ref().map(Tensor::dims).is_none_or(|mask| {
        let broadcast = mask.iter().zip(scores).take(3);
        mask[3] == scores[3]
            && broadcast
                .into_iter()
                .all(|(&axis, full)| axis == full || axis == 1)
    });
    assert!(
        fit && mask_fits,
        "attention: q {of_q:?}, k {of_k:?}, v {of_v:?} and mask {:?} do not fit",
        mask.as_ref().map(Tensor::dims),
    );
    let plan = Plan {
        scale: scale.unwrap_or_else(|| (of_q[3] as f32).sqrt().recip()),
        precision,
        adapter: adapter::number(&q.device()),
    };
    let attending = Attending {
        q: q.into_dispatch(),
        k: k.into_dispatch(),
        v: v.into_dispatch(),
        mask: Optional::of(mask),
    };
    Tensor::from_dispatch(Dispatch::attend(attending, plan).out)
}

/// What attention does, besides its tensors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    scale: f32,
    precision: Precision,
    /// The graphics adapter that computes, by its number.
    adapter: Option<usize>,
}

/// The arguments.
#[derive(Clone, Debug, ExtensionType)]
pub(crate) struct Attending<B: Backend> {
    pub(crate) q: FloatTensor<B>,
    pub(crate) k: FloatTensor<B>,
    pub(crate) v: FloatTensor<B>,
    #[extension_type]
    pub(crate) mask: Optional<B>,
}

/// The outcome and, from the kernels, the logarithm of the sum of each row's powers.
#[derive(Clone, Debug, ExtensionType)]
pub(crate) struct Attended<B: Backend> {
    pub(crate) out: FloatTensor<B>,
    #[extension_type]
    pub(crate) log_sum: Optional<B>,
}

/// The gradients of the arguments.
#[derive(Clone, Debug, ExtensionType)]
pub(crate) struct AttentionGrads<B: Backend> {
    pub(crate) q: FloatTensor<B>,
    pub(crate) k: FloatTensor<B>,
    pub(crate) v: FloatTensor<B>,
}

#[backend_extension(Flex, Cube, Autodiff)]
pub(crate) trait Attention: Backend {
    fn attend(#[extension_type] of: Attending<Self>, plan: Plan) -> Attended<Self> {
        attend_plainly(of, plan)
    }

    fn attend_grads(
        grad: FloatTensor<Self>,
        #[extension_type] of: Attending<Self>,
        #[extension_type] attended: Attended<Self>,
        plan: Plan,
    ) -> AttentionGrads<Self> {
        plain::attention::backward::<Self>(grad, of, attended, plan.scale)
    }
}

fn attend_plainly<B: Backend>(of: Attending<B>, plan: Plan) -> Attended<B> {
    let mask = of.mask.into_option();
    Attended {
        out: plain::attention::forward::<B>([of.q, of.k, of.v], mask, plan.scale),
        log_sum: Optional::Absent,
    }
}
