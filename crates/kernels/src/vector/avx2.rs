//! Eight numbers in an AVX register, with fused multiply-add.

#[allow(
    clippy::wildcard_imports,
    reason = "the names of some forty instructions"
)]
use std::arch::x86_64::*;

use super::{Vector, operators};

#[derive(Clone, Copy)]
pub(crate) struct Lanes(__m256);

operators!(Lanes, Add add _mm256_add_ps, Sub sub _mm256_sub_ps, Mul mul _mm256_mul_ps, Div div _mm256_div_ps);

/// Selects the first lanes.
#[inline(always)]
fn mask(lanes: usize) -> __m256i {
    // SAFETY: called only by the methods below, on a processor with AVX2.
    unsafe {
        let order = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes as i32), order)
    }
}

/// 2ⁿ for n in -126..=127.
#[inline(always)]
fn power(n: __m256i) -> __m256 {
    // SAFETY: called only by the methods below, on a processor with AVX2.
    unsafe {
        let exponent = _mm256_add_epi32(n, _mm256_set1_epi32(127));
        _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent))
    }
}

// SAFETY of every block below: a value exists only where the processor was checked (see `Vector`);
// `load` and `store` pass on what their callers promise.
#[allow(
    clippy::undocumented_unsafe_blocks,
    reason = "one reason for all, above"
)]
impl Vector for Lanes {
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(unsafe { _mm256_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32, lanes: usize) -> Self {
        if lanes == Self::LANES {
            return Self(unsafe { _mm256_loadu_ps(from) });
        }
        Self(unsafe { _mm256_maskload_ps(from, mask(lanes)) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, lanes: usize) {
        if lanes == Self::LANES {
            return unsafe { _mm256_storeu_ps(to, self.0) };
        }
        unsafe { _mm256_maskstore_ps(to, mask(lanes), self.0) }
    }

    #[inline(always)]
    fn first(self, lanes: usize) -> Self {
        if lanes == Self::LANES {
            return self;
        }
        Self(unsafe { _mm256_and_ps(self.0, _mm256_castsi256_ps(mask(lanes))) })
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(unsafe { _mm256_fmadd_ps(self.0, factor.0, term.0) })
    }

    // The instruction returns its second operand when either is NaN.
    #[inline(always)]
    fn at_least(self, bound: f32) -> Self {
        Self(unsafe { _mm256_max_ps(_mm256_set1_ps(bound), self.0) })
    }

    #[inline(always)]
    fn at_most(self, bound: f32) -> Self {
        Self(unsafe { _mm256_min_ps(_mm256_set1_ps(bound), self.0) })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(unsafe { _mm256_max_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(unsafe { _mm256_sqrt_ps(self.0) })
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0) })
    }

    #[inline(always)]
    fn where_negative(self, below: Self, otherwise: Self) -> Self {
        unsafe {
            let negative = _mm256_cmp_ps::<_CMP_LT_OQ>(self.0, _mm256_setzero_ps());
            Self(_mm256_blendv_ps(otherwise.0, below.0, negative))
        }
    }

    #[inline(always)]
    fn round(self) -> Self {
        Self(unsafe {
            _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)
        })
    }

    // In two steps: the halves are powers that f32 can hold where the whole may not be.
    #[inline(always)]
    fn scale_by_power(self, n: Self) -> Self {
        unsafe {
            let whole = _mm256_cvtps_epi32(n.0);
            let half = _mm256_srai_epi32::<1>(whole);
            let rest = _mm256_sub_epi32(whole, half);
            Self(_mm256_mul_ps(
                _mm256_mul_ps(self.0, power(half)),
                power(rest),
            ))
        }
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        unsafe {
            let four = _mm_add_ps(
                _mm256_castps256_ps128(self.0),
                _mm256_extractf128_ps::<1>(self.0),
            );
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
        }
    }
}
