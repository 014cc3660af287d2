//! Attention in burn's own terms.

use burn::backend::{Backend, TensorMetadata, ops::AttentionModuleOptions, tensor::FloatTensor};
use burn::tensor::{Shape, Slice};

use crate::attention::{Attended, Attending, AttentionGrads};

pub(crate) fn forward<B: Backend>(
    [q, k, v]: [FloatTensor<B>; 3],
    mask: Option<FloatTensor<B>>,
    scale: f32,
) -> FloatTensor<B> {
    let [batch, heads, queries, _] = q.shape().dims();
    let [_, _, keys, _] = k.shape().dims();
    let scores = Shape::new([batch, heads, queries, keys]);
    let mask = mask.map(|mask| B::float_expand(mask, scores));
    let options = AttentionModuleOptions {
        scale: Some(scale.into()),
        ..Default::default()
    };
    B::attention(q, k, v, None, mask, options)
}

/// Most bytes of scores that lie in memory at once.
const SCORES: usize = 64 << 20;

/// The same by blocks of queries, whose scores take no more than 64 MiB however many queries there are; each query sees
/// all keys at once, so that nothing is added up in another order.
pub(crate) fn forward_in_blocks<B: Backend>(
    [q, k, v]: [FloatTensor<B>; 3],
    mask: Option<FloatTensor<B>>,
    scale: f32,
) -> FloatTensor<B> {
    let [batch, heads, queries, _] = q.shape().dims();
    let [_, _, keys, _] = k.shape().dims();
    let rows = rows(batch * heads * keys * q.dtype().size());
    if queries <= rows {
        return forward::<B>([q, k, v], mask, scale);
    }
    let mask = mask.map(|mask| B::float_expand(mask, Shape::new([batch, heads, queries, keys])));
    let block = |x: FloatTensor<B>, first: usize| {
        let mut whole: Vec<Slice> = x.shape().iter().map(|axis| Slice::from(0..*axis)).collect();
        whole[2] = Slice::from(first..(first + rows).min(queries));
        B::float_slice(x, &whole)
    };
    let blocks = (0..queries).step_by(rows).map(|first| {
        let mask = mask.clone().map(|mask| block(mask, first));
        forward::<B>([block(q.clone(), first), k.clone(), v.clone()], mask, scale)
    });
    B::float_cat(blocks.collect(), 2)
}

/// How many queries have scores of [`SCORES`] bytes together, if one has so many.
fn rows(bytes: usize) -> usize {
    (SCORES / bytes.max(1)).max(1)
}

/// The share of each key for each query; zeros where all keys are left out.
fn shares<B: Backend>(of: &Attending<B>, scale: f32) -> FloatTensor<B> {
    let turned = B::float_swap_dims(of.k.clone(), 2, 3);
    let scores = B::float_matmul(of.q.clone(), turned);
    let mut scores = B::float_mul_scalar(scores, scale.into());
    if let Some(mask) = of.mask.as_option() {
        scores = B::float_add(scores, mask.clone());
    }
    let (lowest, smallest) = scores
        .dtype()
        .finfo()
        .map_or((-1e4, 1e-4), |of| (of.min, of.min_positive));
    // Below the lowest number there is only the -inf of a row without keys.
    let highest = B::float_clamp_min(B::float_max_dim(scores.clone(), 3), lowest.into());
    let powers = B::float_exp(B::float_sub(scores, highest));
    let sums = B::float_clamp_min(B::float_sum_dim(powers.clone(), 3), smallest.into());
    B::float_div(powers, sums)
}

pub(crate) fn backward<B: Backend>(
    grad: FloatTensor<B>,
    of: Attending<B>,
    attended: Attended<B>,
    scale: f32,
) -> AttentionGrads<B> {
    let shares = shares::<B>(&of, scale);
    let turn = |x: FloatTensor<B>| B::float_swap_dims(x, 2, 3);
    let dv = B::float_matmul(turn(shares.clone()), grad.clone());
    let level = B::float_sum_dim(B::float_mul(grad.clone(), attended.out), 3);
    let slope = B::float_sub(B::float_matmul(grad, turn(of.v)), level);
    let dscores = B::float_mul_scalar(B::float_mul(shares, slope), scale.into());
    AttentionGrads {
        q: B::float_matmul(dscores.clone(), of.k),
        k: B::float_matmul(turn(dscores), of.q),
        v: dv,
    }
}
