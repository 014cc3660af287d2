//! Vectors of numbers as wide as the processor has them, so that each kernel is written once.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
mod exp;
pub(crate) mod portable;
#[cfg(test)]
pub(crate) mod reference;
mod sums;

use std::ops::{Add, Div, Mul, Sub};

use crate::isa::{Isa, Precision};
pub(crate) use exp::{exp, normal, sigmoid};
pub(crate) use sums::{moments, sum};

/// One register of f32.
///
/// Values exist only inside [`Kernel::run`] called by [`run`], which has checked the processor;
/// that is what makes the intrinsics behind these safe methods sound.
pub(crate) trait Vector:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// How many numbers it holds.
    const LANES: usize;

    fn splat(value: f32) -> Self;

    /// The next `lanes` numbers, then zeros.
    ///
    /// # Safety
    /// `lanes` numbers can be read there, and `lanes <= LANES`.
    unsafe fn load(from: *const f32, lanes: usize) -> Self;

    /// Writes the first `lanes` numbers.
    ///
    /// # Safety
    /// `lanes` numbers can be written there, and `lanes <= LANES`.
    unsafe fn store(self, to: *mut f32, lanes: usize);

    /// The first `lanes` numbers, then zeros.
    fn first(self, lanes: usize) -> Self;

    /// `self * factor + term`, rounded once where the processor can.
    fn mul_add(self, factor: Self, term: Self) -> Self;

    /// Not below; NaN stays NaN.
    fn at_least(self, bound: f32) -> Self;

    /// Not above; NaN stays NaN.
    fn at_most(self, bound: f32) -> Self;

    /// The larger of each two.
    fn max(self, other: Self) -> Self;

    fn sqrt(self) -> Self;

    fn abs(self) -> Self;

    /// `if self < 0 { below } else { otherwise }`, lane by lane.
    fn where_negative(self, below: Self, otherwise: Self) -> Self;

    /// The nearest whole number, for magnitudes below 2²².
    fn round(self) -> Self;

    /// `self · 2ⁿ` for whole `n` in -252..=254, to zero or infinity beyond the range of f32.
    fn scale_by_power(self, n: Self) -> Self;

    /// The sum of the lanes.
    fn sum(self) -> f32;
}

/// Work that is written for any width.
pub(crate) trait Kernel {
    type Output;
    fn run<V: Vector>(self) -> Self::Output;
}

/// The instructions that element-wise work uses; asked once per call, on the caller's thread.
pub(crate) fn isa() -> Isa {
    #[cfg(test)]
    if let Some(isa) = tests::FORCED.get() {
        return isa;
    }
    Isa::of(Precision::F32)
}

/// Runs a kernel with those instructions.
pub(crate) fn run<K: Kernel>(isa: Isa, kernel: K) -> K::Output {
    match isa {
        // SAFETY: an `Isa` other than `Portable` comes only from `Isa::of` and `Isa::all`, which ask the processor.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { run_avx2(kernel) },
        // SAFETY: as above; the ways for bf16 operands include AVX-512.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 | Isa::Avx512Bf16 | Isa::Amx => unsafe { run_avx512(kernel) },
        _ => kernel.run::<portable::Lanes>(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<avx2::Lanes>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<avx512::Lanes>()
}

/// Runs the body for each vector of `count` numbers: `sweep!(V, count, |at, lanes| ..)`.
///
/// A macro, because a closure would not be compiled with the instructions of its caller.
macro_rules! sweep {
    ($vector:ident, $count:expr, |$at:ident, $lanes:ident| $body:expr) => {{
        let count: usize = $count;
        let whole = count - count % $vector::LANES;
        let mut $at = 0;
        while $at < whole {
            let $lanes = $vector::LANES;
            $body;
            $at += $vector::LANES;
        }
        if $at < count {
            let $lanes = count - $at;
            $body;
        }
    }};
}
pub(crate) use sweep;

/// The operators of a register, from the names of its intrinsics.
#[cfg(target_arch = "x86_64")]
macro_rules! operators {
    ($lanes:ident, $($trait:ident $method:ident $intrinsic:ident),+) => {$(
        impl std::ops::$trait for $lanes {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // SAFETY: a value exists only where the processor was checked (see `Vector`).
                Self(unsafe { $intrinsic(self.0, other.0) })
            }
        }
    )+};
}
#[cfg(target_arch = "x86_64")]
use operators;

#[cfg(test)]
pub(crate) mod tests;
