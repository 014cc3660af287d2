//! The backward pass: once for each block of queries (dq), once for each block of keys (dk, dv).
//!
//! Both compute the powers anew, so that no two threads add to the same number.

use std::f32::consts::LOG2_E;

use super::arithmetic::{BLOCK, WIDEST, Way};
use super::heads::Target;
use super::key_grads::KeyBlock;
use super::mask::HeadMask;
use super::pack::Source;
use super::query_grads::QueryBlock;
use super::tiles::{cut, each};
use super::{AttentionInputs, AttentionOutcome, Heads};
use crate::Precision;
use crate::gemm::scratch;

/// A head, packed for both halves.
pub(super) struct PackedHead<'a> {
    pub(super) way: Way,
    /// Which it is.
    pub(super) at: [usize; 2],
    pub(super) mask: HeadMask<'a>,
    pub(super) scale: f32,
    /// q, k, v and the gradient of the outcome.
    pub(super) sources: [Source<'a>; 4],
    /// Each of them turned.
    pub(super) turned: [&'a [u32]; 4],
    /// q, k and the gradient straight.
    pub(super) straight: [&'a [u32]; 3],
    /// The binary logarithm of the sum of each query's powers, +∞ where it sees no key or is not there.
    pub(super) log_sum: &'a [f32],
    /// The gradient times the outcome, for each query.
    pub(super) delta: &'a [f32],
}

impl PackedHead<'_> {
    /// A block of an operand, turned.
    #[inline(always)]
    pub(super) fn turned_block(&self, which: usize, block: usize) -> *const u32 {
        let size = self.sources[which].turned(self.way);
        self.turned[which][block * size..][..size].as_ptr()
    }

    /// A block of q, k or the gradient, straight; which of the four it is.
    #[inline(always)]
    pub(super) fn straight_block(&self, which: usize, block: usize) -> *const u32 {
        let size = self.sources[which].straight(self.way);
        self.straight[which.min(2)][block * size..][..size].as_ptr()
    }
}

/// The gradients of every head.
pub(super) fn run(
    way: Way,
    of: &AttentionInputs<'_>,
    (done, grad): (AttentionOutcome<'_>, Heads<'_>),
    [dq, dk, dv]: [&Target<'_>; 3],
) {
    let shape = of.shape;
    let work = of.work().saturating_mul(3);
    each(shape.batch * shape.heads, work, |index| {
        let at = [index / shape.heads, index % shape.heads];
        with_packed(way, of, (done, grad), at, |head| {
            let [q, k, ..] = head.sources;
            let (queries, keys) = (q.blocks(), k.blocks());
            each(queries + keys, work / (queries + keys).max(1), |block| {
                if block < queries {
                    let words = q.size * BLOCK + 3 * BLOCK * WIDEST;
                    scratch(words, |words| {
                        way.run(QueryBlock {
                            head,
                            block,
                            words,
                            dq,
                        })
                    });
                } else {
                    let sizes = head.sources[1].size + head.sources[2].size;
                    let (block, grads) = (block - queries, [dk, dv]);
                    scratch(sizes * BLOCK + 3 * BLOCK * WIDEST, |words| {
                        way.run(KeyBlock {
                            head,
                            block,
                            words,
                            grads,
                        });
                    });
                }
            });
        });
    });
}

/// Packs a head and lends it.
fn with_packed(
    way: Way,
    of: &AttentionInputs<'_>,
    (done, grad): (AttentionOutcome<'_>, Heads<'_>),
    at: [usize; 2],
    work: impl FnOnce(&PackedHead<'_>),
) {
    let [q, k, v] = of.sources(at);
    let g = Source {
        rows: grad.rows(at[0], at[1]),
        size: v.size,
        ..q
    };
    let sources = [q, k, v, g];
    let turned = sources.map(|source| source.blocks() * source.turned(way));
    let straight = [q, k, g].map(|source| source.blocks() * source.straight(way));
    let rows = q.blocks() * BLOCK;
    let count = turned.iter().chain(&straight).sum::<usize>() + 2 * rows;
    scratch(count, |words| {
        let (log_sum, words) = cut(words, rows);
        let (delta, mut words) = cut(words, rows);
        log_sum.fill(f32::INFINITY);
        delta.fill(0.0);
        let out = done.out.rows(at[0], at[1]);
        let sums = &done.log_sum[(at[0] * of.shape.heads + at[1]) * q.count..][..q.count];
        for (row, &sum) in sums.iter().enumerate() {
            let (grad, out) = (g.rows.row(row, g.size), out.row(row, g.size));
            // Of the numbers that the products see, so that the slopes of a query's scores still sum to nothing.
            delta[row] = if of.precision == Precision::Bf16 {
                dot(grad, out, rounded)
            } else {
                dot(grad, out, |grad| grad)
            };
            if sum != f32::NEG_INFINITY {
                log_sum[row] = sum * LOG2_E;
            }
        }
        let mut packed = |size: usize, source: &Source<'_>, turn: bool| {
            let (part, rest) = std::mem::take(&mut words).split_at_mut(size);
            words = rest;
            let block = size / source.blocks().max(1);
            for (index, dst) in part.chunks_exact_mut(block.max(1)).enumerate() {
                if turn {
                    source.turn(way, index, dst);
                } else {
                    source.lay(way, index, dst);
                }
            }
            &*part
        };
        let turned = [0, 1, 2, 3].map(|i| packed(turned[i], &sources[i], true));
        let straight = [0, 1, 2].map(|i| packed(straight[i], [&q, &k, &g][i], false));
        work(&PackedHead {
            way,
            at,
            mask: of.mask.of_head(at[0], at[1], of.shape.keys),
            scale: of.shape.scale,
            sources,
            turned,
            straight,
            log_sum,
            delta,
        });
    });
}

/// The nearest bf16, ties to even; NaN need not stay.
fn rounded(x: f32) -> f32 {
    let bits = x.to_bits();
    let nearest = bits.wrapping_add(0x7fff + (bits >> 16 & 1));
    f32::from_bits(nearest & 0xffff_0000)
}

/// `Σ a' · b` in lanes of a fixed number, with what throughs of `a`.
#[inline(always)]
fn dot(a: &[f32], b: &[f32], through: impl Fn(f32) -> f32) -> f32 {
    const LANES: usize = 8;
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for ((sum, &a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += through(a) * b;
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(&a, b)| through(a) * b);
    rest.chain(sums).sum()
}
