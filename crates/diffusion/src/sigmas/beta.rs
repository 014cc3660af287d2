//! Quantiles of the beta distribution.

/// The `x` in 0..=1 below which a share `p` of the beta distribution of shape `a`, `b` (both above 0) lies.
pub(super) fn quantile(p: f64, [a, b]: [f64; 2]) -> f64 {
    let whole = lower(0.5, [a, b]) + lower(0.5, [b, a]);
    let share = |x: f64| {
        if x <= 0.5 {
            lower(x, [a, b]) / whole
        } else {
            1.0 - lower(1.0 - x, [b, a]) / whole
        }
    };
    // Halving as often as an f64 has bits leaves nothing to find.
    let (mut least, mut most) = (0.0, 1.0);
    for _ in 0..f64::MANTISSA_DIGITS {
        let middle = 0.5 * (least + most);
        if share(middle) < p {
            least = middle;
        } else {
            most = middle;
        }
    }
    most
}

/// `∫₀ˣ tᵃ⁻¹·(1 − t)ᵇ⁻¹ dt` for `x` up to a half, where the binomial series halves its terms (DLMF 8.17.7).
fn lower(x: f64, [a, b]: [f64; 2]) -> f64 {
    let mut term = x.powf(a);
    let mut sum = term / a;
    for n in 1..=f64::MANTISSA_DIGITS {
        let n = f64::from(n);
        term *= x * (n - b) / n;
        sum += term / (a + n);
    }
    sum
}
