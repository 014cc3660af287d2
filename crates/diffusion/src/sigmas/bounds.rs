//! Schedules that need the greatest and the least level alone.

use std::f64::consts::FRAC_PI_2;

/// Even steps between the bent bounds, bent back. The last level is `least` where there is more than one step.
fn even(
    steps: usize,
    [most, least]: [f64; 2],
    bend: impl Fn(f64) -> f64,
    unbend: impl Fn(f64) -> f64,
) -> Vec<f64> {
    let (from, to) = (bend(most), bend(least));
    let share = |i: usize| i as f64 / (steps.max(2) - 1) as f64;
    let mut levels: Vec<f64> = (0..steps)
        .map(|i| unbend(from + (to - from) * share(i)))
        .collect();
    if let Some(first) = levels.first_mut() {
        *first = most;
    }
    levels
}

pub(super) fn cosine(steps: usize, bounds: [f64; 2]) -> Vec<f64> {
    even(
        steps,
        bounds,
        |s| s.atan() / FRAC_PI_2,
        |t| (t * FRAC_PI_2).tan(),
    )
}

pub(super) fn karras_7(steps: usize, bounds: [f64; 2]) -> Vec<f64> {
    even(steps, bounds, |s| s.powf(1.0 / 7.0), |r| r.powi(7))
}

pub(super) fn exponential(steps: usize, bounds: [f64; 2]) -> Vec<f64> {
    even(steps, bounds, f64::ln, f64::exp)
}

pub(super) fn polyexponential_1(steps: usize, bounds: [f64; 2]) -> Vec<f64> {
    polyexponential(steps, bounds, 1.0)
}

/// `steps` levels in even steps of `σ^(1/ρ)` (Karras et al. 2022, equation 5), without the 0 at the end.
///
/// `0 < least < most` and `ρ > 0`; the greater ρ, the more of them are little.
pub fn karras(steps: usize, bounds: [f64; 2], rho: f64) -> Vec<f64> {
    even(steps, bounds, |s| s.powf(1.0 / rho), |r| r.powf(rho))
}

/// `steps` levels whose place in `log σ`, 1 at `most` and 0 at `least`, is an even step to the power ρ (k-diffusion),
/// without the 0 at the end.
///
/// `0 < least < most` and `ρ > 0`; above 1 more of them are little.
pub fn polyexponential(steps: usize, [most, least]: [f64; 2], rho: f64) -> Vec<f64> {
    let width = (most / least).ln();
    even(
        steps,
        [most, least],
        |s| ((s / least).ln() / width).powf(1.0 / rho),
        |share| least * (share.powf(rho) * width).exp(),
    )
}
