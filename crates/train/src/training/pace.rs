//! How long and how fast a network learns.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use weft_kernels::AdamW;

/// The settings of a run that are no matter of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pace {
    /// Steps in all.
    pub steps: u64,
    /// Pictures a step.
    pub batch: usize,
    /// Highest learning rate.
    pub rate: f64,
    /// Steps until the rate is reached.
    pub warmup: u64,
    /// Share of the rate that is left at the last step, which a cosine leads to; 1 keeps the rate.
    pub last: f64,
    /// Norm to which gradients are clipped.
    pub clip: f64,
    /// Shrinking of the weights per step, times the rate.
    pub weight_decay: f64,
    /// How much of the averaged weights is kept at each step; the first steps keep less.
    pub average: f64,
    /// Minutes between checkpoints.
    pub save_minutes: f64,
    /// Steps between sheets of samples.
    pub sample_every: u64,
    /// Where randomness starts.
    pub seed: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            steps: 10_000,
            batch: 32,
            rate: 1e-3,
            warmup: 200,
            last: 0.05,
            clip: 1.0,
            weight_decay: 0.01,
            average: 0.999,
            save_minutes: 3.0,
            sample_every: 500,
            seed: 0,
        }
    }
}

impl Pace {
    /// The learning rate at a step counted from 0: up in a line, then down along a cosine.
    pub fn rate_at(&self, step: u64) -> f64 {
        let up = (step + 1) as f64 / self.warmup.max(1) as f64;
        if up < 1.0 {
            return self.rate * up;
        }
        let span = self.steps.saturating_sub(self.warmup).max(1) as f64;
        let through = (step.saturating_sub(self.warmup) as f64 / span).min(1.0);
        let fall = (1.0 + (through * std::f64::consts::PI).cos()) / 2.0;
        self.rate * (self.last + (1.0 - self.last) * fall)
    }

    /// The rule of the optimiser, at no step yet.
    pub(super) fn rule(&self) -> super::optimizer::Rule {
        super::optimizer::Rule {
            adam: AdamW {
                rate: self.rate,
                beta1: 0.9,
                beta2: 0.99,
                epsilon: 1e-8,
                weight_decay: self.weight_decay,
                step: 0,
            },
            clip: self.clip,
            average: self.average,
        }
    }

    pub(super) fn save_every(&self) -> Duration {
        Duration::from_secs_f64(self.save_minutes.max(0.0) * 60.0)
    }
}
