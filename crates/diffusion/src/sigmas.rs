//! Noise levels of a run, from the noisiest down to nothing.

use std::f64::consts::FRAC_PI_2;

use thiserror::Error;

/// How the levels are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Schedule {
    /// Even steps of cosine time (Nichol and Dhariwal 2021).
    #[default]
    Cosine,
    /// Even steps of `σ^(1/7)` (Karras et al. 2022, equation 5).
    Karras,
    /// Even steps of `log σ`.
    Exponential,
}

/// Why there are no levels.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum SigmasError {
    /// No step, or too many.
    #[error("{0} steps cannot be taken; ask for 1 to 1000")]
    Steps(usize),
    /// The bounds are not in order.
    #[error(
        "noise levels must fall from a greater one to a lesser one above 0; these go from {0} to {1}"
    )]
    Bounds(f64, f64),
}

/// `steps` levels from `most` down to `least`, then 0: `steps + 1` numbers, strictly falling.
///
/// # Errors
/// Steps outside 1..=1000, bounds that do not fall or are not above 0.
pub fn sigmas(
    schedule: Schedule,
    steps: usize,
    [most, least]: [f64; 2],
) -> Result<Vec<f64>, SigmasError> {
    if !(1..=1000).contains(&steps) {
        return Err(SigmasError::Steps(steps));
    }
    if !(least > 0.0 && most > least && most.is_finite()) {
        return Err(SigmasError::Bounds(most, least));
    }
    let [bend, unbend]: [fn(f64) -> f64; 2] = match schedule {
        Schedule::Cosine => [|s| s.atan() / FRAC_PI_2, |t| (t * FRAC_PI_2).tan()],
        Schedule::Karras => [|s| s.powf(1.0 / 7.0), |r| r.powi(7)],
        Schedule::Exponential => [f64::ln, f64::exp],
    };
    let (from, to) = (bend(most), bend(least));
    // The last level before 0 is `least` where there is more than one step.
    let share = |i: usize| i as f64 / (steps.max(2) - 1) as f64;
    let mut levels: Vec<f64> = (0..steps)
        .map(|i| unbend(from + (to - from) * share(i)))
        .collect();
    levels[0] = most;
    levels.push(0.0);
    Ok(levels)
}
