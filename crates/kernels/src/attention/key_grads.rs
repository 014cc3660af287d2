//! The gradients of a block of keys and their values.

use super::arithmetic::{Arithmetic, BLOCK, Job};
use super::backward::PackedHead;
use super::grad_tile::{GradTile, Lines};
use super::heads::Target;
use super::mask::Across;
use super::pack::pitch;
use super::product::{Onto, Product};
use super::tiles::cut;

/// A block of keys against all queries.
pub(super) struct KeyBlock<'a> {
    pub(super) head: &'a PackedHead<'a>,
    pub(super) block: usize,
    pub(super) words: &'a mut [u32],
    /// Of keys and values.
    pub(super) grads: [&'a Target<'a>; 2],
}

impl Job for KeyBlock<'_> {
    #[inline(always)]
    fn run<A: Arithmetic>(self) {
        let head = self.head;
        let [q, k, v, _] = head.sources;
        let (key_sums, rest) = cut(self.words, BLOCK * k.size);
        let (value_sums, rest) = cut(rest, BLOCK * v.size);
        let (scores, rest) = cut(rest, BLOCK * A::WIDTH);
        let (slopes, rest) = cut(rest, BLOCK * A::WIDTH);
        let (bias, _) = cut(rest, BLOCK * A::WIDTH);
        key_sums.fill(0.0);
        value_sums.fill(0.0);
        let first = self.block * BLOCK;
        let keys = first..first + k.in_block(self.block);
        for block in 0..q.blocks() {
            let queries = block * BLOCK..block * BLOCK + q.in_block(block);
            for tile in 0..keys.len().div_ceil(A::WIDTH) {
                let column = tile * A::WIDTH;
                let seen = first + column..(first + column + A::WIDTH).min(keys.end);
                if head.mask.hides(&queries, &seen) {
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
                    rows: queries.len(),
                    depth: head.way.words(if which[0] == 0 { k.size } else { v.size }),
                    c,
                    onto: Onto::Nothing,
                };
                let sum = |which: usize, b: *const f32, sums: &mut [f32]| {
                    let size = head.sources[which].size;
                    Product {
                        a: head.straight_block(which, block).cast(),
                        a_stride: pitch(size),
                        b,
                        b_stride: A::WIDTH,
                        rows: size,
                        depth: head.way.words(queries.len()),
                        c: sums[tile * size * A::WIDTH..].as_mut_ptr(),
                        onto: Onto::Sum,
                    }
                };
                // SAFETY: each buffer was cut to the block and the tile above; blocks are packed whole.
                unsafe {
                    product([0, 1], scores.as_mut_ptr()).compute::<A>();
                    product([3, 2], slopes.as_mut_ptr()).compute::<A>();
                    GradTile {
                        scores: &mut *scores,
                        slopes: &mut *slopes,
                        rows: queries.len(),
                        log_sum: &head.log_sum[queries.start..],
                        delta: &head.delta[queries.start..],
                        lines: Lines::Rows,
                    }
                    .powers::<A>(
                        head,
                        [queries.clone(), seen],
                        (Across::Keys, bias),
                    );
                    sum(3, scores.as_ptr(), value_sums).compute::<A>();
                    sum(0, slopes.as_ptr(), key_sums).compute::<A>();
                }
            }
        }
        let sums = [
            (&*key_sums, k.size, head.scale),
            (&*value_sums, v.size, 1.0),
        ];
        for (i, key) in keys.enumerate() {
            for (target, (sums, size, scale)) in self.grads.iter().zip(sums) {
                let column = &sums[i / A::WIDTH * size * A::WIDTH + i % A::WIDTH..];
                // SAFETY: each key is in one block, each block with one thread.
                let row = unsafe { target.row([head.at[0], head.at[1], key]) };
                for (out, sum) in row.iter_mut().zip(column.iter().step_by(A::WIDTH)) {
                    *out = sum * scale;
                }
            }
        }
    }
}
