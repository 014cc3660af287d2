//! The softmax of tiles, in powers of two.

use super::arithmetic::Arithmetic;
use crate::vector::Vector;

/// A tile of scores and what is known of its columns, each as wide as the tile.
pub(super) struct Tile {
    /// `[rows, width]`; becomes words of the powers, `[rows in words, width]`.
    pub(super) scores: *mut f32,
    /// Keys.
    pub(super) rows: usize,
    /// What the scores are multiplied by.
    pub(super) scale: f32,
    /// The largest scaled score so far.
    pub(super) largest: *mut f32,
    /// The sum of the powers so far.
    pub(super) sum: *mut f32,
    /// What former sums must be multiplied by.
    pub(super) factor: *mut f32,
}

impl Tile {
    /// Turns scores into powers relative to the largest so far (Milakov & Gimelshein, 2018).
    ///
    /// # Safety
    /// The pointers must be good for what their fields say.
    #[inline(always)]
    pub(super) unsafe fn online<A: Arithmetic>(&self) {
        let lanes = A::V::LANES;
        // SAFETY: by the contract of this function.
        unsafe {
            let mut base = [A::V::splat(0.0); 2];
            for (half, base) in base.iter_mut().enumerate() {
                let at = half * lanes;
                let mut largest = A::V::splat(f32::NEG_INFINITY);
                for row in 0..self.rows {
                    largest = A::V::load(self.scores.add(row * A::WIDTH + at), lanes).max(largest);
                }
                let former = A::V::load(self.largest.add(at), lanes);
                let largest = (largest * A::V::splat(self.scale)).max(former);
                largest.store(self.largest.add(at), lanes);
                // Where all is -∞, -∞ less any number is still -∞.
                *base = largest.at_least(f32::MIN);
                exp2(former - *base).store(self.factor.add(at), lanes);
            }
            let mut sums = [A::V::splat(0.0); 2];
            for row in (0..self.rows).step_by(A::UNIT) {
                for half in 0..2 {
                    let at = self.scores.add(row * A::WIDTH + half * lanes);
                    let first = self.power::<A>(at, base[half]);
                    sums[half] = sums[half] + first;
                    let mut second = A::V::splat(0.0);
                    if A::UNIT == 2 && row + 1 < self.rows {
                        second = self.power::<A>(at.add(A::WIDTH), base[half]);
                        sums[half] = sums[half] + second;
                    }
                    let to = self.scores.add(row / A::UNIT * A::WIDTH + half * lanes);
                    A::join(first, second).store(to, lanes);
                }
            }
            for (half, sum) in sums.into_iter().enumerate() {
                let at = self.sum.add(half * lanes);
                let factor = A::V::load(self.factor.add(half * lanes), lanes);
                A::V::load(at, lanes).mul_add(factor, sum).store(at, lanes);
            }
        }
    }

    /// # Safety
    /// A vector can be read there.
    #[inline(always)]
    unsafe fn power<A: Arithmetic>(&self, at: *const f32, base: A::V) -> A::V {
        // SAFETY: by the contract of this function.
        let score = unsafe { A::V::load(at, A::V::LANES) };
        exp2(score.mul_add(A::V::splat(self.scale), A::V::splat(0.0) - base))
    }
}

/// 2ˣ, relative error below 3e-7; zero below -150. -∞ gives 0, NaN stays.
#[inline(always)]
pub(super) fn exp2<V: Vector>(x: V) -> V {
    // Minimax on ±1/2, 1 at 0, relative error 9.2e-8.
    #[allow(
        clippy::approx_constant,
        reason = "a fitted coefficient, not the logarithm of 2"
    )]
    const POLYNOMIAL: [f32; 6] = [
        1.326_472_7e-3,
        9.671_513e-3,
        5.550_733_6e-2,
        0.240_222_42,
        0.693_147,
        1.0,
    ];
    let x = x.at_least(-150.0);
    let n = x.round();
    let r = x - n;
    let mut power = V::splat(POLYNOMIAL[0]);
    for coefficient in &POLYNOMIAL[1..] {
        power = power.mul_add(r, V::splat(*coefficient));
    }
    power.scale_by_power(n)
}
