//! Tiles of products whose sums stay in registers.

use super::arithmetic::{Arithmetic, Job};
use crate::vector::Vector;

/// What becomes of the sums of a tile.
#[derive(Clone, Copy)]
pub(super) enum Onto {
    /// They replace what is there.
    Nothing,
    /// They are added to what is there.
    Sum,
    /// They are added to what is there times these factors of the columns.
    Scaled(*const f32),
}

/// `c[row, column] = Σ a[word, row] · b[word, column]`, as many columns as a tile is wide.
pub(super) struct Product {
    /// `[depth, rows]`, words.
    pub(super) a: *const f32,
    /// From one word of the depth to the next.
    pub(super) a_stride: usize,
    /// `[depth, width]`, words.
    pub(super) b: *const f32,
    /// From one word of the depth to the next.
    pub(super) b_stride: usize,
    /// How many rows.
    pub(super) rows: usize,
    /// How many words are summed.
    pub(super) depth: usize,
    /// `[rows, width]`.
    pub(super) c: *mut f32,
    /// What the sums are added to.
    pub(super) onto: Onto,
}

impl Product {
    /// Computes it.
    ///
    /// # Safety
    /// The pointers must be good for what their fields say.
    #[inline(always)]
    pub(super) unsafe fn compute<A: Arithmetic>(self) {
        A::enter(self);
    }

    /// # Safety
    /// As [`Product::compute`]; the rows from `at` on are there.
    #[inline(always)]
    unsafe fn tile<A: Arithmetic, const R: usize>(&self, at: usize) {
        let lanes = A::V::LANES;
        let mut sums = [[A::V::splat(0.0); 2]; R];
        let (mut a, mut b) = (self.a.wrapping_add(at), self.b);
        // SAFETY: `a` and `b` have `depth` words of these rows and columns, `c` the rows, the factors the columns.
        unsafe {
            for _ in 0..self.depth {
                let (b0, b1) = (A::V::load(b, lanes), A::V::load(b.add(lanes), lanes));
                for (row, sums) in sums.iter_mut().enumerate() {
                    let a = A::V::splat(*a.add(row));
                    sums[0] = A::dot(sums[0], a, b0);
                    sums[1] = A::dot(sums[1], a, b1);
                }
                (a, b) = (a.wrapping_add(self.a_stride), b.wrapping_add(self.b_stride));
            }
            for half in 0..2 {
                let c = self.c.add(at * A::WIDTH + half * lanes);
                let factor = match self.onto {
                    Onto::Scaled(factors) => A::V::load(factors.add(half * lanes), lanes),
                    _ => A::V::splat(1.0),
                };
                for (row, sums) in sums.iter().enumerate() {
                    let c = c.add(row * A::WIDTH);
                    let sum = match self.onto {
                        Onto::Nothing => sums[half],
                        _ => A::V::load(c, lanes).mul_add(factor, sums[half]),
                    };
                    sum.store(c, lanes);
                }
            }
        }
    }
}

impl Job for Product {
    #[inline(always)]
    fn run<A: Arithmetic>(self) {
        let tiles = self.rows.div_ceil(A::ROWS);
        for tile in 0..tiles {
            let at = self.rows * tile / tiles;
            let rows = self.rows * (tile + 1) / tiles - at;
            macro_rules! choose {
                ($($count:literal)*) => {
                    match rows {
                        $($count if $count <= A::ROWS => self.tile::<A, $count>(at),)*
                        _ => {}
                    }
                };
            }
            // SAFETY: `compute` is the only caller, and its own caller promised.
            unsafe { choose!(12 11 10 9 8 7 6 5 4 3 2 1) }
        }
    }
}
