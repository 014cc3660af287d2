//! The curves in f64, for tests; independent of how the kernels compute them.

/// `x · σ(x)`.
pub(crate) fn silu(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

/// `x · Φ(x)`.
pub(crate) fn gelu(x: f64) -> f64 {
    0.5 * x * erfc(-x / std::f64::consts::SQRT_2)
}

/// `x / 2 · (1 + tanh(√(2 / π) (x + 0.044715 x³)))`.
pub(crate) fn gelu_tanh(x: f64) -> f64 {
    let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
    0.5 * x * (1.0 + inner.tanh())
}

/// The slope of a function, by differences of the fourth order.
pub(crate) fn difference(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 1e-3;
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

/// 1 - erf(x): the power series near zero, the continued fraction beyond (Abramowitz & Stegun 7.1.6, 7.1.14).
pub(crate) fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    let root = std::f64::consts::PI.sqrt();
    if x < 2.5 {
        let (mut term, mut sum) = (x, x);
        for n in 1..100 {
            term *= 2.0 * x * x / f64::from(2 * n + 1);
            sum += term;
        }
        return 1.0 - 2.0 / root * (-x * x).exp() * sum;
    }
    let fraction = (1..=60)
        .rev()
        .fold(x, |below, n| x + 0.5 * f64::from(n) / below);
    (-x * x).exp() / (root * fraction)
}

#[test]
fn erfc_has_the_values_of_the_tables() {
    // DLMF, table 7.23; and the identity at zero.
    for (x, wanted) in [
        (0.0, 1.0),
        (0.5, 0.479_500_122_186_953_5),
        (1.0, 0.157_299_207_050_285_13),
        (2.0, 0.004_677_734_981_047_266),
        (3.0, 2.209_049_699_858_544e-5),
        (5.0, 1.537_459_794_428_035e-12),
    ] {
        assert!((erfc(x) - wanted).abs() < 1e-13, "{x}: {}", erfc(x));
    }
}
