//! Sums that stay exact: short blocks in f32, their totals in f64.

use super::{Vector, sweep};

/// How many numbers are added in f32: the block stays in the first cache between two passes.
const BLOCK: usize = 2048;

/// Mean and variance of a run of numbers.
pub(crate) struct Moments {
    pub mean: f64,
    /// The mean of the squared deviations.
    pub variance: f64,
}

impl Moments {
    /// The mean as f32, what that leaves out, and 1 / √(variance + epsilon).
    #[inline(always)]
    pub(crate) fn rounded(&self, epsilon: f32) -> (f32, f64, f64) {
        let mean = self.mean as f32;
        let rstd = 1.0 / (self.variance + f64::from(epsilon)).sqrt();
        (mean, self.mean - f64::from(mean), rstd)
    }
}

/// Mean and variance in two passes per block; blocks are joined by the rule of Chan, Golub & LeVeque (1979).
#[inline(always)]
pub(crate) fn moments<V: Vector>(x: &[f32]) -> Moments {
    let (mut seen, mut mean, mut squares) = (0.0f64, 0.0f64, 0.0f64);
    for block in x.chunks(BLOCK) {
        let count = block.len() as f64;
        let near = (f64::from(block_sum::<V>(block)) / count) as f32;
        let (off, off_squares) = deviations::<V>(block, near);
        let (off, off_squares) = (f64::from(off), f64::from(off_squares));
        let delta = f64::from(near) + off / count - mean;
        let total = seen + count;
        squares +=
            (off_squares - off * off / count).max(0.0) + delta * delta * seen * count / total;
        mean += delta * count / total;
        seen = total;
    }
    Moments {
        mean,
        variance: squares / seen.max(1.0),
    }
}

/// The sum of numbers.
#[inline(always)]
pub(crate) fn sum<V: Vector>(x: &[f32]) -> f64 {
    x.chunks(BLOCK)
        .map(|block| f64::from(block_sum::<V>(block)))
        .sum()
}

/// Four sums beside each other, so that an addition need not wait for the one before.
#[inline(always)]
fn block_sum<V: Vector>(x: &[f32]) -> f32 {
    let zero = V::splat(0.0);
    let mut sums = [zero; 4];
    let quads = x.chunks_exact(4 * V::LANES);
    let rest = quads.remainder();
    for quad in quads {
        for (i, sum) in sums.iter_mut().enumerate() {
            // SAFETY: a quad holds four vectors.
            *sum = *sum + unsafe { V::load(quad.as_ptr().add(i * V::LANES), V::LANES) };
        }
    }
    let mut last = zero;
    sweep!(V, rest.len(), |at, lanes| {
        // SAFETY: `sweep` stays within the length.
        last = last + unsafe { V::load(rest.as_ptr().add(at), lanes) };
    });
    ((sums[0] + sums[1]) + (sums[2] + sums[3]) + last).sum()
}

/// The sums of `x - near` and of its square.
#[inline(always)]
fn deviations<V: Vector>(x: &[f32], near: f32) -> (f32, f32) {
    let zero = V::splat(0.0);
    let near = V::splat(near);
    let (mut sums, mut squares) = ([zero; 4], [zero; 4]);
    let quads = x.chunks_exact(4 * V::LANES);
    let rest = quads.remainder();
    for quad in quads {
        for i in 0..4 {
            // SAFETY: a quad holds four vectors.
            let off = unsafe { V::load(quad.as_ptr().add(i * V::LANES), V::LANES) } - near;
            sums[i] = sums[i] + off;
            squares[i] = off.mul_add(off, squares[i]);
        }
    }
    let (mut last, mut last_squares) = (zero, zero);
    sweep!(V, rest.len(), |at, lanes| {
        // SAFETY: `sweep` stays within the length.
        let off = (unsafe { V::load(rest.as_ptr().add(at), lanes) } - near).first(lanes);
        last = last + off;
        last_squares = off.mul_add(off, last_squares);
    });
    let sum = (sums[0] + sums[1]) + (sums[2] + sums[3]) + last;
    let square = (squares[0] + squares[1]) + (squares[2] + squares[3]) + last_squares;
    (sum.sum(), square.sum())
}
