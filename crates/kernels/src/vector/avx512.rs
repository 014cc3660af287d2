//! Sixteen numbers in an AVX-512 register.

#[allow(
    clippy::wildcard_imports,
    reason = "the names of some forty instructions"
)]
use std::arch::x86_64::*;

use super::{Vector, operators};

#[derive(Clone, Copy)]
pub(crate) struct Lanes(pub(crate) __m512);

operators!(Lanes, Add add _mm512_add_ps, Sub sub _mm512_sub_ps, Mul mul _mm512_mul_ps, Div div _mm512_div_ps);

/// Selects the first lanes.
#[inline(always)]
fn mask(lanes: usize) -> __mmask16 {
    ((1u32 << lanes) - 1) as __mmask16
}

// SAFETY of every block below: a value exists only where the processor was checked (see `Vector`);
// `load` and `store` pass on what their callers promise.
#[allow(
    clippy::undocumented_unsafe_blocks,
    reason = "one reason for all, above"
)]
impl Vector for Lanes {
    const LANES: usize = 16;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(unsafe { _mm512_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32, lanes: usize) -> Self {
        if lanes == Self::LANES {
            return Self(unsafe { _mm512_loadu_ps(from) });
        }
        Self(unsafe { _mm512_maskz_loadu_ps(mask(lanes), from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, lanes: usize) {
        if lanes == Self::LANES {
            return unsafe { _mm512_storeu_ps(to, self.0) };
        }
        unsafe { _mm512_mask_storeu_ps(to, mask(lanes), self.0) }
    }

    #[inline(always)]
    fn first(self, lanes: usize) -> Self {
        if lanes == Self::LANES {
            return self;
        }
        Self(unsafe { _mm512_maskz_mov_ps(mask(lanes), self.0) })
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(unsafe { _mm512_fmadd_ps(self.0, factor.0, term.0) })
    }

    // The instruction returns its second operand when either is NaN.
    #[inline(always)]
    fn at_least(self, bound: f32) -> Self {
        Self(unsafe { _mm512_max_ps(_mm512_set1_ps(bound), self.0) })
    }

    #[inline(always)]
    fn at_most(self, bound: f32) -> Self {
        Self(unsafe { _mm512_min_ps(_mm512_set1_ps(bound), self.0) })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(unsafe { _mm512_max_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(unsafe { _mm512_sqrt_ps(self.0) })
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(unsafe { _mm512_abs_ps(self.0) })
    }

    #[inline(always)]
    fn where_negative(self, below: Self, otherwise: Self) -> Self {
        unsafe {
            let negative = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(self.0, _mm512_setzero_ps());
            Self(_mm512_mask_blend_ps(negative, otherwise.0, below.0))
        }
    }

    #[inline(always)]
    fn round(self) -> Self {
        Self(unsafe { _mm512_roundscale_ps::<0>(self.0) })
    }

    #[inline(always)]
    fn scale_by_power(self, n: Self) -> Self {
        Self(unsafe { _mm512_scalef_ps(self.0, n.0) })
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        unsafe { _mm512_reduce_add_ps(self.0) }
    }
}
