//! Attention in burn's own terms.

use burn::backend::{Backend, TensorMetadata, ops::AttentionModuleOptions, tensor::FloatTensor};
use burn::tensor::{Shape, Slice};

use crate::attention::{Attended, Attending, AttentionGrads};

/// Most bytes of the scores that are there at once.
const SCORES: usize = 64 << 20;

/// Some queries at a time, so that their scores stay below [`SCORES`].
pub(crate) fn forward<B: Backend>(
    [q, k, v]: [FloatTensor<B>; 3],
    mask: Option<FloatTensor<B>>,
    scale: f32,
) -> FloatTensor<B> {
    in_parts::<B>([q, k, v], mask, scale, SCORES)
}

fn in_parts<B: Backend>(
    [q, k, v]: [FloatTensor<B>; 3],
    mask: Option<FloatTensor<B>>,
    scale: f32,
    most: usize,
) -> FloatTensor<B> {
    let [batch, heads, queries, _] = q.shape().dims();
    let [_, _, keys, _] = k.shape().dims();
    let of_one = (batch * heads * keys * q.dtype().size()).max(1);
    let some = (most / of_one).max(1);
    if queries <= some {
        return at_once::<B>([q, k, v], mask, scale);
    }
    let part = |x: FloatTensor<B>, from: usize| {
        let till = queries.min(from + some);
        let all = Slice::full();
        B::float_slice(x, &[all, all, Slice::from(from..till), all])
    };
    let parts = (0..queries).step_by(some).map(|from| {
        let mask = mask.clone().map(|mask| match mask.shape()[2] {
            1 => mask,
            _ => part(mask, from),
        });
        at_once::<B>([part(q.clone(), from), k.clone(), v.clone()], mask, scale)
    });
    B::float_cat(parts.collect(), 2)
}

fn at_once<B: Backend>(
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

#[cfg(test)]
mod tests {
    use burn::backend::{Flex, flex::FlexTensor};

    use super::*;
    use crate::flex::{Floats, tensor};

    fn waves(shape: [usize; 4], phase: f32) -> FlexTensor {
        let count = shape.iter().product::<usize>();
        tensor(
            (0..count).map(|i| (i as f32 * 0.7 + phase).sin()).collect(),
            shape,
        )
    }

    #[test]
    fn queries_in_parts_find_what_they_find_together() {
        let found = |mask: [usize; 4], most| {
            let [q, k, v] = [
                ([2, 3, 7, 5], 0.1),
                ([2, 3, 4, 5], 0.2),
                ([2, 3, 4, 6], 0.3),
            ]
            .map(|(shape, phase)| waves(shape, phase));
            let found = in_parts::<Flex>([q, k, v], Some(waves(mask, 0.4)), 0.5, most);
            Floats::of(found).slice().to_vec()
        };
        for mask in [[2, 3, 7, 4], [2, 1, 1, 4]] {
            let together = found(mask, usize::MAX);
            // Scores of one query take 96 bytes: one, two and five at a time.
            for most in [1, 200, 500] {
                let parts = found(mask, most);
                let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-6;
                assert!(parts.len() == together.len() && parts.iter().zip(&together).all(near));
            }
        }
    }
}
