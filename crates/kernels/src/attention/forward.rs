//! The forward pass.

use std::f32::consts::{LN_2, LOG2_E};

use super::AttentionInputs;
use super::arithmetic::{Arithmetic, BLOCK, Job, WIDEST, Way};
use super::heads::Target;
use super::mask::{Across, HeadMask};
use super::pack::{Source, pitch};
use super::product::{Onto, Product};
use super::softmax;
use super::tiles::{add_mask, cut, each};
use crate::gemm::scratch;

/// Attention of every head.
pub(super) fn run(
    way: Way,
    of: &AttentionInputs<'_>,
    out: &Target<'_>,
    log_sum: Option<&Target<'_>>,
) {
    let shape = of.shape;
    let work = of.work();
    each(shape.batch * shape.heads, work, |index| {
        let at = [index / shape.heads, index % shape.heads];
        let [q, k, v] = of.sources(at);
        let (k_block, v_block) = (k.turned(way), v.straight(way));
        scratch(k.blocks() * (k_block + v_block), |words| {
            let (k_words, v_words) = words.split_at_mut(k.blocks() * k_block);
            for block in 0..k.blocks() {
                k.turn(way, block, &mut k_words[block * k_block..][..k_block]);
                v.lay(way, block, &mut v_words[block * v_block..][..v_block]);
            }
            each(q.blocks(), work / q.blocks().max(1), |block| {
                let sizes = [q.turned(way), BLOCK * v.size, BLOCK, BLOCK];
                scratch(
                    sizes.iter().sum::<usize>() + 2 * BLOCK * WIDEST + WIDEST,
                    |words| {
                        way.run(QueryBlock {
                            way,
                            mask: of.mask.of_head(at[0], at[1], shape.keys),
                            scale: shape.scale * LOG2_E,
                            sources: [&q, &k, &v],
                            packed: [k_words, v_words],
                            block,
                            words,
                            at,
                            out,
                            log_sum,
                        });
                    },
                );
            });
        });
    });
}

/// A block of queries against all keys.
struct QueryBlock<'a> {
    way: Way,
    mask: HeadMask<'a>,
    scale: f32,
    sources: [&'a Source<'a>; 3],
    /// Keys turned, values straight.
    packed: [&'a [u32]; 2],
    block: usize,
    words: &'a mut [u32],
    at: [usize; 2],
    out: &'a Target<'a>,
    log_sum: Option<&'a Target<'a>>,
}

impl Job for QueryBlock<'_> {
    #[inline(always)]
    fn run<A: Arithmetic>(self) {
        let [q, k, v] = self.sources;
        let way = self.way;
        let (q_words, rest) = self.words.split_at_mut(q.turned(way));
        q.turn(way, self.block, q_words);
        let (sums, rest) = cut(rest, BLOCK * v.size);
        let (largest, rest) = cut(rest, BLOCK);
        let (powers, rest) = cut(rest, BLOCK);
        let (scores, rest) = cut(rest, BLOCK * A::WIDTH);
        let (bias, rest) = cut(rest, BLOCK * A::WIDTH);
        let (factor, _) = cut(rest, A::WIDTH);
        sums.fill(0.0);
        largest.fill(f32::NEG_INFINITY);
        powers.fill(0.0);
        let first = self.block * BLOCK;
        let queries = first..first + q.in_block(self.block);
        let tiles = queries.len().div_ceil(A::WIDTH);
        let tile_sums = v.size * A::WIDTH;
        for block in 0..k.blocks() {
            let keys = block * BLOCK..block * BLOCK + k.in_block(block);
            let k_words = &self.packed[0][block * k.turned(way)..][..k.turned(way)];
            let v_words = &self.packed[1][block * v.straight(way)..][..v.straight(way)];
            for tile in 0..tiles {
                let column = tile * A::WIDTH;
                let seen = first + column..(first + column + A::WIDTH).min(queries.end);
                if self.mask.hides(&seen, &keys) {
                    continue;
                }
                // SAFETY: each buffer was cut to the block and the tile above.
                unsafe {
                    Product {
                        a: k_words.as_ptr().cast(),
                        a_stride: k.beside(),
                        b: q_words.as_ptr().add(column).cast(),
                        b_stride: q.beside(),
                        rows: keys.len(),
                        depth: way.words(q.size),
                        c: scores.as_mut_ptr(),
                        onto: Onto::Nothing,
                    }
                    .compute::<A>();
                    let mut scale = self.scale;
                    if scale < 0.0 || !self.mask.is_nothing(&seen, &keys) {
                        let ranges = [seen, keys.clone()];
                        self.mask.fill(ranges, Across::Queries, (bias, A::WIDTH));
                        add_mask::<A>(scores, scale, bias);
                        scale = 1.0;
                    }
                    softmax::Tile {
                        scores: scores.as_mut_ptr(),
                        rows: keys.len(),
                        scale,
                        largest: largest[column..].as_mut_ptr(),
                        sum: powers[column..].as_mut_ptr(),
                        factor: factor.as_mut_ptr(),
                    }
                    .online::<A>();
                    Product {
                        a: v_words.as_ptr().cast(),
                        a_stride: pitch(v.size),
                        b: scores.as_ptr(),
                        b_stride: A::WIDTH,
                        rows: v.size,
                        depth: way.words(keys.len()),
                        c: sums[tile * tile_sums..].as_mut_ptr(),
                        onto: Onto::Scaled(factor.as_ptr()),
                    }
                    .compute::<A>();
                }
            }
        }
        let [batch, head] = self.at;
        for (i, query) in queries.enumerate() {
            let sum = powers[i];
            let share = if sum == 0.0 { 0.0 } else { 1.0 / sum };
            let column = &sums[i / A::WIDTH * tile_sums + i % A::WIDTH..];
            // SAFETY: each query is in one block, each block with one thread.
            let row = unsafe { self.out.row([batch, head, query]) };
            for (out, sum) in row.iter_mut().zip(column.iter().step_by(A::WIDTH)) {
                *out = sum * share;
            }
            if let Some(log_sum) = self.log_sum {
                // SAFETY: as above.
                unsafe { log_sum.row([batch, head, query])[0] = (largest[i] + sum.log2()) * LN_2 };
            }
        }
    }
}
