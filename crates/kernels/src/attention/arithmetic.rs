//! The vectors and the products that a pass is compiled for.

use crate::gemm::{Kernel, Words};
use crate::vector::{Vector, portable};
#[cfg(target_arch = "x86_64")]
use crate::vector::{avx2, avx512};
use crate::{Isa, Precision};

/// How many keys or queries are packed together: a multiple of the width and the rows of every tile.
pub(super) const BLOCK: usize = 96;

/// The widest tile.
pub(super) const WIDEST: usize = 32;

/// What tiles are computed with.
pub(super) trait Arithmetic {
    /// Sums, scores and words.
    type V: Vector;
    /// Numbers of the depth in a word.
    const UNIT: usize;
    /// The most rows of a tile whose sums stay in registers.
    const ROWS: usize;
    /// Columns of a tile.
    const WIDTH: usize = 2 * Self::V::LANES;

    /// Adds the products of words.
    fn dot(sum: Self::V, a: Self::V, b: Self::V) -> Self::V;

    /// Words of neighbours along the depth; a word of one number is the first.
    fn join(first: Self::V, second: Self::V) -> Self::V;

    /// Does the work in a function that has these instructions.
    fn enter<J: Job>(job: J);
}

/// Work that is written for any arithmetic.
pub(super) trait Job {
    /// Does it.
    fn run<A: Arithmetic>(self);
}

/// An arithmetic and what packs its words.
#[derive(Clone, Copy)]
pub(super) struct Way {
    isa: Isa,
    kernel: &'static Kernel,
}

impl Way {
    /// The fastest for that precision on this processor.
    pub(super) fn chosen(precision: Precision) -> Self {
        Self::of(Isa::of(precision), precision)
    }

    /// That of instructions that this processor has; without a product of bf16, f32 of rounded numbers.
    pub(super) fn of(isa: Isa, precision: Precision) -> Self {
        let plain = isa == Isa::Portable && precision == Precision::Bf16;
        let isa = if plain { Isa::of(Precision::F32) } else { isa };
        let kernel = Kernel::of(isa, precision);
        Self { isa, kernel }
    }

    /// What packs its words.
    pub(super) fn kernel(self) -> &'static Kernel {
        self.kernel
    }

    /// Words that hold so many numbers of the depth.
    pub(super) fn words(self, numbers: usize) -> usize {
        numbers.div_ceil(self.kernel.elements())
    }

    /// Does the work with it.
    pub(super) fn run<J: Job>(self, job: J) {
        match (self.isa, self.kernel.words) {
            #[cfg(target_arch = "x86_64")]
            (_, Words::Pairs) => Bf16::enter(job),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512 | Isa::Avx512Bf16 | Isa::Amx, _) => Avx512::enter(job),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2, _) => Avx2::enter(job),
            _ => Portable::enter(job),
        }
    }
}

struct Portable;

impl Arithmetic for Portable {
    type V = portable::Lanes;
    const UNIT: usize = 1;
    const ROWS: usize = if cfg!(target_arch = "aarch64") { 6 } else { 2 };

    #[inline(always)]
    fn dot(sum: Self::V, a: Self::V, b: Self::V) -> Self::V {
        a.mul_add(b, sum)
    }

    #[inline(always)]
    fn join(first: Self::V, _: Self::V) -> Self::V {
        first
    }

    fn enter<J: Job>(job: J) {
        job.run::<Self>();
    }
}

/// Writes an arithmetic of a processor's instructions and the function that has them.
#[cfg(target_arch = "x86_64")]
macro_rules! arithmetic {
    ($name:ident, $lanes:ty, $unit:literal, $rows:literal, $features:literal, $dot:expr, $join:expr) => {
        struct $name;

        impl Arithmetic for $name {
            type V = $lanes;
            const UNIT: usize = $unit;
            const ROWS: usize = $rows;

            #[inline(always)]
            fn dot(sum: Self::V, a: Self::V, b: Self::V) -> Self::V {
                $dot(sum, a, b)
            }

            #[inline(always)]
            fn join(first: Self::V, second: Self::V) -> Self::V {
                $join(first, second)
            }

            fn enter<J: Job>(job: J) {
                #[target_feature(enable = $features)]
                fn enter<J: Job>(job: J) {
                    job.run::<$name>();
                }
                // SAFETY: it is chosen by an `Isa` that the processor was asked for.
                unsafe { enter(job) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn multiply_add<V: Vector>(sum: V, a: V, b: V) -> V {
    a.mul_add(b, sum)
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn first<V: Vector>(first: V, _: V) -> V {
    first
}

#[cfg(target_arch = "x86_64")]
arithmetic!(Avx2, avx2::Lanes, 1, 6, "avx2,fma", multiply_add, first);

#[cfg(target_arch = "x86_64")]
arithmetic!(
    Avx512,
    avx512::Lanes,
    1,
    12,
    "avx512f,avx512bw,avx512vl",
    multiply_add,
    first
);

#[cfg(target_arch = "x86_64")]
arithmetic!(
    Bf16,
    avx512::Lanes,
    2,
    12,
    "avx512f,avx512bw,avx512vl,avx512bf16",
    dot_pairs,
    pairs
);

/// Adds the products of two pairs of bf16 in each lane.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn dot_pairs(sum: avx512::Lanes, a: avx512::Lanes, b: avx512::Lanes) -> avx512::Lanes {
    use std::arch::x86_64::{__m512, __m512bh, _mm512_dpbf16_ps};
    use std::mem::transmute as cast;
    // SAFETY: vectors of the same 512 bits, any bits are bf16; run only inside `Bf16::enter`.
    unsafe {
        let (a, b): (__m512bh, __m512bh) =
            (cast::<__m512, __m512bh>(a.0), cast::<__m512, __m512bh>(b.0));
        avx512::Lanes(_mm512_dpbf16_ps(sum.0, a, b))
    }
}

/// Rounds to bf16; the first is the low half of each lane.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn pairs(first: avx512::Lanes, second: avx512::Lanes) -> avx512::Lanes {
    use std::arch::x86_64::{
        __m512i, _mm512_castsi512_ps, _mm512_cvtne2ps_pbh, _mm512_permutexvar_epi16,
    };
    const fn turns() -> [u16; 32] {
        let mut order = [0; 32];
        let mut lane = 0;
        while lane < 16 {
            order[2 * lane] = lane as u16;
            order[2 * lane + 1] = 16 + lane as u16;
            lane += 1;
        }
        order
    }
    // SAFETY: vectors of the same 512 bits; run only inside `Bf16::enter`.
    unsafe {
        let order: __m512i = std::mem::transmute(const { turns() });
        let halves: __m512i = std::mem::transmute(_mm512_cvtne2ps_pbh(second.0, first.0));
        avx512::Lanes(_mm512_castsi512_ps(_mm512_permutexvar_epi16(order, halves)))
    }
}
