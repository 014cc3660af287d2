//! Attention in burn's own terms.

use std::ops::Range;

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
    let parts = parts::<B>(&q, &k, most).into_iter().map(|rows| {
        let mask = mask.as_ref().map(|mask| of_rows::<B>(mask, &rows));
        let q = of_rows::<B>(&q, &rows);
        at_once::<B>([q, k.clone(), v.clone()], mask, scale)
    });
    joined::<B>(parts.collect())
}

/// The queries of each part, whose scores take at most so many bytes; one part at least, of one query at least.
fn parts<B: Backend>(q: &FloatTensor<B>, k: &FloatTensor<B>, most: usize) -> Vec<Range<usize>> {
    let [batch, heads, queries, _] = q.shape().dims();
    let [_, _, keys, _] = k.shape().dims();
    let of_one = (batch * heads * keys * q.dtype().size()).max(1);
    let some = (most / of_one).max(1);
    let starts = (0..queries.max(1)).step_by(some);
    starts
        .map(|from| from..queries.min(from.saturating_add(some)))
        .collect()
}

/// What belongs to these queries; one row is for all of them.
fn of_rows<B: Backend>(x: &FloatTensor<B>, rows: &Range<usize>) -> FloatTensor<B> {
    let count = x.shape()[2];
    if count == 1 || count == rows.len() {
        return x.clone();
    }
    let all = Slice::full();
    B::float_slice(x.clone(), &[all, all, Slice::from(rows.clone()), all])
}

fn joined<B: Backend>(mut parts: Vec<FloatTensor<B>>) -> FloatTensor<B> {
    match parts.len() {
        1 => parts.remove(0),
        _ => B::float_cat(parts, 2),
    }
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

/// Some queries at a time, as [`forward`]; a handful of matrices are then as large as their scores.
pub(crate) fn backward<B: Backend>(
    grad: FloatTensor<B>,
    of: Attending<B>,
    attended: Attended<B>,
    scale: f32,
) -> AttentionGrads<B> {
    backward_in_parts::<B>([grad, attended.out], of, scale, SCORES)
}

fn backward_in_parts<B: Backend>(
    [grad, out]: [FloatTensor<B>; 2],
    of: Attending<B>,
    scale: f32,
    most: usize,
) -> AttentionGrads<B> {
    let parts = parts::<B>(&of.q, &of.k, most);
    if parts.len() == 1 {
        return backward_at_once::<B>([grad, out], of, scale);
    }
    let zeros = |x: &FloatTensor<B>| B::float_zeros(x.shape(), &x.device(), x.dtype().into());
    let (mut k, mut v) = (zeros(&of.k), zeros(&of.v));
    let each = parts.into_iter().map(|rows| {
        let given = [&grad, &out].map(|x| of_rows::<B>(x, &rows));
        let some = Attending {
            q: of_rows::<B>(&of.q, &rows),
            k: of.k.clone(),
            v: of.v.clone(),
            mask: of.mask.clone().map(|mask| of_rows::<B>(&mask, &rows)),
        };
        let found = backward_at_once::<B>(given, some, scale);
        k = B::float_add(k.clone(), found.k);
        v = B::float_add(v.clone(), found.v);
        found.q
    });
    let q = joined::<B>(each.collect());
    AttentionGrads { q, k, v }
}

fn backward_at_once<B: Backend>(
    [grad, out]: [FloatTensor<B>; 2],
    of: Attending<B>,
    scale: f32,
) -> AttentionGrads<B> {
    let shares = shares::<B>(&of, scale);
    let turn = |x: FloatTensor<B>| B::float_swap_dims(x, 2, 3);
    let dv = B::float_matmul(turn(shares.clone()), grad.clone());
    let level = B::float_sum_dim(B::float_mul(grad.clone(), out), 3);
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
    use crate::{
        flex::{Floats, tensor},
        optional::Optional,
    };

    fn waves(shape: [usize; 4], phase: f32) -> FlexTensor {
        let count = shape.iter().product::<usize>();
        tensor(
            (0..count).map(|i| (i as f32 * 0.7 + phase).sin()).collect(),
            shape,
        )
    }

    /// Masks of 4 keys, for 7 queries or for all alike.
    const MASKS: [[usize; 4]; 2] = [[2, 3, 7, 4], [2, 1, 1, 4]];

    /// Scores of one query take 96 bytes: one, two and five at a time.
    const PARTS: [usize; 3] = [1, 200, 500];

    fn arguments() -> [FlexTensor; 3] {
        let shapes = [[2, 3, 7, 5], [2, 3, 4, 5], [2, 3, 4, 6]];
        shapes.map(|shape| waves(shape, shape[2] as f32 + 0.1 * shape[3] as f32))
    }

    fn are_near(found: &[f32], wanted: &[f32]) -> bool {
        let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-6;
        found.len() == wanted.len() && found.iter().zip(wanted).all(near)
    }

    #[test]
    fn queries_in_parts_find_what_they_find_together() {
        let found = |mask: [usize; 4], most| {
            let mask = Some(waves(mask, 0.4));
            let found = in_parts::<Flex>(arguments(), mask, 0.5, most);
            Floats::of(found).slice().to_vec()
        };
        for mask in MASKS {
            let together = found(mask, usize::MAX);
            for most in PARTS {
                assert!(are_near(&found(mask, most), &together));
            }
        }
    }

    #[test]
    fn queries_in_parts_learn_what_they_learn_together() {
        let learned = |mask: Option<[usize; 4]>, most| {
            let mask = mask.map(|shape| waves(shape, 0.4));
            let out = in_parts::<Flex>(arguments(), mask.clone(), 0.5, usize::MAX);
            let [q, k, v] = arguments();
            let mask = mask.map_or(Optional::Absent, Optional::Given);
            let of = Attending { q, k, v, mask };
            let grad = waves([2, 3, 7, 6], 0.7);
            let AttentionGrads { q, k, v } = backward_in_parts::<Flex>([grad, out], of, 0.5, most);
            [q, k, v].map(|x| Floats::of(x).slice().to_vec())
        };
        for mask in MASKS.map(Some).into_iter().chain([None]) {
            let together = learned(mask, usize::MAX);
            for most in PARTS {
                let parts = learned(mask, most);
                assert!(parts.iter().zip(&together).all(|(a, b)| are_near(a, b)));
            }
        }
    }
}
