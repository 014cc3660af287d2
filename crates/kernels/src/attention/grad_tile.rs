//! From scores and the slopes of the powers to powers and the slopes of the scores.

use std::f32::consts::LOG2_E;
use std::ops::Range;

use super::arithmetic::Arithmetic;
use super::backward::PackedHead;
use super::mask::Across;
use super::softmax::exp2;
use super::tiles::add_mask;
use crate::vector::Vector;

/// Where the queries are in a tile.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    Rows,
    Columns,
}

/// A tile of scores.
pub(super) struct GradTile<'a> {
    /// `[rows, width]`; become words of the powers.
    pub(super) scores: &'a mut [f32],
    /// The gradients of the powers; become words of those of the scores.
    pub(super) slopes: &'a mut [f32],
    /// How many rows.
    pub(super) rows: usize,
    /// Of the queries of the tile, as many as its rows or its width.
    pub(super) log_sum: &'a [f32],
    /// As `log_sum`.
    pub(super) delta: &'a [f32],
    /// Where the queries are.
    pub(super) lines: Lines,
}

impl GradTile<'_> {
    /// `P = 2^(scores - log_sum)`, `dS = P ∘ (dP - delta)`; the ranges are those of queries and keys.
    #[inline(always)]
    pub(super) fn powers<A: Arithmetic>(
        self,
        head: &PackedHead<'_>,
        ranges: [Range<usize>; 2],
        (across, bias): (Across, &mut [f32]),
    ) {
        let mut scale = head.scale * LOG2_E;
        if !head.mask.is_nothing(&ranges[0], &ranges[1]) {
            head.mask.fill(ranges, across, (bias, A::WIDTH));
            add_mask::<A>(&mut self.scores[..self.rows * A::WIDTH], scale, bias);
            scale = 1.0;
        }
        let (by_row, lanes) = (self.lines == Lines::Rows, A::V::LANES);
        let queries = if by_row { self.rows } else { A::WIDTH };
        assert!(self.log_sum.len() >= queries && self.delta.len() >= queries);
        assert!(self.scores.len().min(self.slopes.len()) >= self.rows * A::WIDTH);
        for half in 0..2 {
            for row in (0..self.rows).step_by(A::UNIT) {
                let zero = A::V::splat(0.0);
                // SAFETY: the rows are there, as asserted above.
                unsafe {
                    let first = self.power::<A>([row, half], scale);
                    let mut second = (zero, zero);
                    if A::UNIT == 2 && row + 1 < self.rows {
                        second = self.power::<A>([row + 1, half], scale);
                    }
                    let to = row / A::UNIT * A::WIDTH + half * lanes;
                    let slopes = A::join(first.1, second.1);
                    slopes.store(self.slopes.as_mut_ptr().add(to), lanes);
                    if by_row {
                        let powers = A::join(first.0, second.0);
                        powers.store(self.scores.as_mut_ptr().add(to), lanes);
                    }
                }
            }
        }
    }

    /// # Safety
    /// The row is there.
    #[inline(always)]
    unsafe fn power<A: Arithmetic>(&self, [row, half]: [usize; 2], scale: f32) -> (A::V, A::V) {
        let lanes = A::V::LANES;
        let at = row * A::WIDTH + half * lanes;
        // SAFETY: by the contract of this function.
        unsafe {
            let of_query = |values: &[f32]| match self.lines {
                Lines::Rows => A::V::splat(*values.get_unchecked(row)),
                Lines::Columns => A::V::load(values.as_ptr().add(half * lanes), lanes),
            };
            let score = A::V::load(self.scores.as_ptr().add(at), lanes);
            let slope = A::V::load(self.slopes.as_ptr().add(at), lanes);
            let log_sum = A::V::splat(0.0) - of_query(self.log_sum);
            let power = exp2(score.mul_add(A::V::splat(scale), log_sum));
            (power, power * (slope - of_query(self.delta)))
        }
    }
}
