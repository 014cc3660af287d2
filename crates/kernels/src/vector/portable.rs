//! Eight numbers in an array: plain loops that the compiler turns into what the processor has.

use std::ops::{Add, Div, Mul, Sub};

use super::Vector;

const LANES: usize = 8;

#[derive(Clone, Copy)]
pub(crate) struct Lanes([f32; LANES]);

/// Whether fused multiply-add is an instruction here; elsewhere it would be a slow call.
const FUSED: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

impl Lanes {
    #[inline(always)]
    fn map(self, f: impl Fn(f32) -> f32) -> Self {
        Self(self.0.map(f))
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| f(self.0[lane], other.0[lane])))
    }
}

impl Add for Lanes {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl Sub for Lanes {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

impl Mul for Lanes {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
}

impl Div for Lanes {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }
}

/// 2ⁿ for n in -126..=127.
#[inline(always)]
fn power(n: i32) -> f32 {
    f32::from_bits(((n + 127) as u32) << 23)
}

impl Vector for Lanes {
    const LANES: usize = LANES;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32, lanes: usize) -> Self {
        if lanes == LANES {
            // SAFETY: the caller promises that many numbers; an array of f32 may lie where f32 may.
            return Self(unsafe { from.cast::<[f32; LANES]>().read() });
        }
        let mut values = [0.0; LANES];
        // SAFETY: the caller promises that many numbers.
        values[..lanes].copy_from_slice(unsafe { std::slice::from_raw_parts(from, lanes) });
        Self(values)
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, lanes: usize) {
        if lanes == LANES {
            // SAFETY: the caller promises room; an array of f32 may lie where f32 may.
            return unsafe { to.cast::<[f32; LANES]>().write(self.0) };
        }
        // SAFETY: the caller promises room for that many numbers.
        unsafe { std::slice::from_raw_parts_mut(to, lanes) }.copy_from_slice(&self.0[..lanes]);
    }

    #[inline(always)]
    fn first(self, lanes: usize) -> Self {
        Self(std::array::from_fn(|lane| {
            if lane < lanes { self.0[lane] } else { 0.0 }
        }))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(std::array::from_fn(|lane| {
            let (value, factor, term) = (self.0[lane], factor.0[lane], term.0[lane]);
            if FUSED {
                value.mul_add(factor, term)
            } else {
                value * factor + term
            }
        }))
    }

    #[inline(always)]
    fn at_least(self, bound: f32) -> Self {
        self.map(|value| if value < bound { bound } else { value })
    }

    #[inline(always)]
    fn at_most(self, bound: f32) -> Self {
        self.map(|value| if value > bound { bound } else { value })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.map(f32::sqrt)
    }

    #[inline(always)]
    fn abs(self) -> Self {
        self.map(f32::abs)
    }

    #[inline(always)]
    fn where_negative(self, below: Self, otherwise: Self) -> Self {
        Self(std::array::from_fn(|lane| {
            if self.0[lane] < 0.0 {
                below.0[lane]
            } else {
                otherwise.0[lane]
            }
        }))
    }

    // Adding 1.5·2²³ leaves no bits for a fraction; `f32::round` may be a call.
    #[inline(always)]
    fn round(self) -> Self {
        const SHIFT: f32 = 12_582_912.0;
        self.map(|value| (value + SHIFT) - SHIFT)
    }

    // In two steps: the halves are powers that f32 can hold where the whole may not be.
    #[inline(always)]
    fn scale_by_power(self, n: Self) -> Self {
        self.zip(n, |value, n| {
            // Saturates, and makes NaN 0: the value is NaN then.
            let whole = n as i32;
            let half = whole >> 1;
            value * power(half) * power(whole - half)
        })
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        let [a, b, c, d, e, f, g, h] = self.0;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}
