//! The activations as curves: value and slope at a vector of numbers.

use crate::vector::{Vector, exp, normal, sigmoid};

/// A function of one number that has a derivative.
pub(crate) trait Curve: Copy + Default + Send + Sync {
    fn value<V: Vector>(self, x: V) -> V;
    fn slope<V: Vector>(self, x: V) -> V;
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Silu;

impl Curve for Silu {
    #[inline(always)]
    fn value<V: Vector>(self, x: V) -> V {
        x * sigmoid(x)
    }

    #[inline(always)]
    fn slope<V: Vector>(self, x: V) -> V {
        // Below -80 the slope is flat, and the exponential would overflow.
        let near = x.at_least(-80.0);
        let (s, rest) = both_sides(near);
        s * rest.mul_add(near, V::splat(1.0))
    }
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Gelu;

impl Gelu {
    /// Value and slope for the price of one.
    #[inline(always)]
    pub(crate) fn both<V: Vector>(x: V) -> (V, V) {
        let (below, density) = normal(x);
        (x * below, x.mul_add(density, below))
    }
}

impl Curve for Gelu {
    #[inline(always)]
    fn value<V: Vector>(self, x: V) -> V {
        x * normal(x).0
    }

    #[inline(always)]
    fn slope<V: Vector>(self, x: V) -> V {
        Self::both(x).1
    }
}

#[derive(Clone, Copy, Default)]
pub(crate) struct GeluTanh;

/// √(8 / π): tanh(u) = 2 σ(2u) - 1 takes the factor 2 of √(2 / π) in.
const TWICE_ROOT: f32 = 1.595_769;
const CUBIC: f32 = 0.044_715;

impl Curve for GeluTanh {
    #[inline(always)]
    fn value<V: Vector>(self, x: V) -> V {
        x * sigmoid(argument(x))
    }

    #[inline(always)]
    fn slope<V: Vector>(self, x: V) -> V {
        // Beyond ±9 the logistic curve is flat in f32, and x² or the exponential might overflow.
        let near = x.at_least(-9.0).at_most(9.0);
        let (s, rest) = both_sides(argument(near));
        let steep = (near * near).mul_add(V::splat(3.0 * CUBIC * TWICE_ROOT), V::splat(TWICE_ROOT));
        s * (near * rest).mul_add(steep, V::splat(1.0))
    }
}

/// σ(x) and 1 - σ(x), both to full precision; x not below -80.
#[inline(always)]
fn both_sides<V: Vector>(x: V) -> (V, V) {
    let one = V::splat(1.0);
    let e = exp(V::splat(0.0) - x);
    let s = one / (one + e);
    (s, e * s)
}

#[inline(always)]
fn argument<V: Vector>(x: V) -> V {
    x * (x * x).mul_add(V::splat(CUBIC * TWICE_ROOT), V::splat(TWICE_ROOT))
}
