//! The exponential, and the curves made of it.

use super::Vector;

/// eˣ, relative error below 2e-7; zero below -104, infinity above 89.
///
/// Cody & Waite's reduction to ±ln 2 / 2, then the polynomial of Moshier's Cephes library (`expf`).
#[inline(always)]
pub(crate) fn exp<V: Vector>(x: V) -> V {
    const POLYNOMIAL: [f32; 6] = [
        1.987_569_1e-4,
        1.398_2e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ];
    let x = x.at_least(-104.0).at_most(89.0);
    let n = (x * V::splat(std::f32::consts::LOG2_E)).round();
    // ln 2 in two parts, the first so short that its product with n is exact.
    let r = n.mul_add(V::splat(-0.693_359_4), x);
    let r = n.mul_add(V::splat(2.121_944_4e-4), r);
    let fraction = polynomial(r, POLYNOMIAL).mul_add(r * r, r) + V::splat(1.0);
    fraction.scale_by_power(n)
}

/// 1 / (1 + e⁻ˣ).
#[inline(always)]
pub(crate) fn sigmoid<V: Vector>(x: V) -> V {
    let one = V::splat(1.0);
    one / (one + exp(V::splat(0.0) - x))
}

/// The standard normal distribution at `x`: the share below it, (1 + erf(x / √2)) / 2, and the density.
///
/// Absolute error of the share below 1e-7. The upper tail over the density's exponential is a polynomial in
/// 1 / (1 + |x| / 4), the form of Abramowitz & Stegun 7.1.26, fitted to 5e-9 in the sense of Chebyshev.
#[inline(always)]
pub(crate) fn normal<V: Vector>(x: V) -> (V, V) {
    const TAIL: [f32; 7] = [
        -0.092_326_365,
        0.344_553_8,
        -0.271_642_24,
        0.284_643_08,
        0.023_682_038,
        0.112_232_53,
        0.098_857_16,
    ];
    // (-1)ᵏ / (√(2π) 2ᵏ k! (2k + 1)), k from 7 to 0: the rest of the series is below 3e-9 up to 1.
    const CENTRE: [f32; 8] = [
        -4.122_667_4e-8,
        6.659_693_5e-7,
        -9.444_656e-6,
        1.154_346_4e-4,
        -1.187_328_2e-3,
        9.973_557e-3,
        -6.649_038e-2,
        DENSITY_AT_ZERO,
    ];
    const DENSITY_AT_ZERO: f32 = 0.398_942_3;
    let one = V::splat(1.0);
    let square = x * x;
    let bell = exp(square * V::splat(-0.5));
    let t = one / x.abs().mul_add(V::splat(0.25), one);
    let tail = bell * (polynomial(t, TAIL) * t);
    let outside = x.where_negative(tail, one - tail);
    // Near zero the tail's rounding errors would weigh most.
    let inside = polynomial(square, CENTRE).mul_add(x, V::splat(0.5));
    let share = (square - one).where_negative(inside, outside);
    (share, bell * V::splat(DENSITY_AT_ZERO))
}

/// Horner's rule, the highest power first.
#[inline(always)]
fn polynomial<V: Vector, const N: usize>(x: V, coefficients: [f32; N]) -> V {
    let mut sum = V::splat(coefficients[0]);
    for &coefficient in &coefficients[1..] {
        sum = sum.mul_add(x, V::splat(coefficient));
    }
    sum
}
