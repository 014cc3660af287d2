//! What both passes do with tiles, and how work is shared out.

use rayon::prelude::*;

use super::arithmetic::Arithmetic;
use crate::vector::Vector;

/// Multiplications that one thread does alone rather than wake another.
const ALONE: usize = 1 << 18;

/// Does each of so many pieces of work, of so many multiplications, on all threads unless it is little.
pub(super) fn each(count: usize, work: usize, piece: impl Fn(usize) + Sync) {
    if count.saturating_mul(work) <= ALONE {
        (0..count).for_each(piece);
    } else {
        (0..count).into_par_iter().for_each(&piece);
    }
}

/// The first words as numbers, and the rest.
#[inline(always)]
pub(super) fn cut(words: &mut [u32], count: usize) -> (&mut [f32], &mut [u32]) {
    let (first, rest) = words.split_at_mut(count);
    (bytemuck::cast_slice_mut(first), rest)
}

/// `scores · scale + bias`, whole tiles.
#[inline(always)]
pub(super) fn add_mask<A: Arithmetic>(scores: &mut [f32], scale: f32, bias: &[f32]) {
    let lanes = A::V::LANES;
    let scale = A::V::splat(scale);
    for (scores, bias) in scores.chunks_exact_mut(lanes).zip(bias.chunks_exact(lanes)) {
        // SAFETY: the chunks are vectors.
        unsafe {
            let score = A::V::load(scores.as_ptr(), lanes);
            let bias = A::V::load(bias.as_ptr(), lanes);
            score.mul_add(scale, bias).store(scores.as_mut_ptr(), lanes);
        }
    }
}
