//! The gradient of a block of queries.

use super::arithmetic::{Arithmetic, BLOCK, Job};
use super::backward::PackedHead;
use super::grad_tile::{GradTile, Lines};
use super::heads::Target;
use super::mask::Across;
use super::pack::pitch;
use super::product::{Onto, Product};
use super::tiles::cut;

/// A block of queries against all keys.
pub(super) struct QueryBlock<'a> {
    pub(super) head: &'a PackedHead<'a>,
    pub(super) block: usize,
    pub(super) words: &'a mut [u32],
    pub(super) dq: &'a Target<'a>,
}

impl Job for QueryBlock<'_> {
    #[inline(always)]
    fn run<A: Arithmetic>(self) {
        let head = self.head;
        let [q, k, v, _] = head.sources;
        let (sums, rest) = cut(self.words, BLOCK * q.size);
        let (scores, rest) = cut(rest, BLOCK * A::WIDTH);
        let (slopes, rest) = cut(rest, BLOCK * A::WIDTH);
        let (bias, _) = cut(rest, BLOCK * A::WIDTH);
        sums.fill(0.0);
        let first = self.block * BLOCK;
        let queries = first..first + q.in_block(self.block);
        let tile_sums = q.size * A::WIDTH;
        for block in 0..k.blocks() {
            let keys = block * BLOCK..block * BLOCK + k.in_block(block);
            for tile in 0..queries.len().div_ceil(A::WIDTH) {
                let column = tile * A::WIDTH;
                let seen = first + column..(first + column + A::WIDTH).min(queries.end);
                if head.mask.hides(&seen, &keys) {
                    continue;
                }
                let product = |which: [usize; 2], c: *mut f32| Product {
                    a: head.turned_block(which[0], block).cast(),
                    a_stride: head.sources[which[0]].beside(),
                    b: head
                        .turned_block(which[1], self.block)
                        .wrapping_add(column)
                        .cast(),
                    b_stride: head.sources[which[1]].beside(),
                    rows: keys.len(),
                    depth: head.way.words(if which[0] == 1 { k.size } else { v.size }),
                    c,
                    onto: Onto::Nothing,
                };
                // SAFETY: each buffer was cut to the block and the tile above; blocks are packed whole.
                unsafe {
                    product([1, 0], scores.as_mut_ptr()).compute::<A>();
                    product([2, 3], slopes.as_mut_ptr()).compute::<A>();
                    GradTile {
                        scores: &mut *scores,
                        slopes: &mut *slopes,
                        rows: keys.len(),
                        log_sum: &head.log_sum[seen.start..],
                        delta: &head.delta[seen.start..],
                        lines: Lines::Columns,
                    }
                    .powers::<A>(
                        head,
                        [seen, keys.clone()],
                        (Across::Queries, bias),
                    );
                    Product {
                        a: head.straight_block(1, block).cast(),
                        a_stride: pitch(k.size),
                        b: slopes.as_ptr(),
                        b_stride: A::WIDTH,
                        rows: k.size,
                        depth: head.way.words(keys.len()),
                        c: sums[tile * tile_sums..].as_mut_ptr(),
                        onto: Onto::Sum,
                    }
                    .compute::<A>();
                }
            }
        }
        for (i, query) in queries.enumerate() {
            let column = &sums[i / A::WIDTH * tile_sums + i % A::WIDTH..];
            // SAFETY: each query is in one block, each block with one thread.
            let row = unsafe { self.dq.row([head.at[0], head.at[1], query]) };
            for (out, sum) in row.iter_mut().zip(column.iter().step_by(A::WIDTH)) {
                *out = sum * head.scale;
            }
        }
    }
}
