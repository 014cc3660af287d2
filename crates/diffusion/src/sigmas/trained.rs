//! The noise levels that a network was trained on, and the schedules that choose among them.

use super::{Schedule, SigmasError, Spread, beta as distribution};

/// Noise levels of training at times 0 (nearly clean), 1, 2, …, and in between a straight line in `log σ`.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// Rising and above 0, two or more.
    sigmas: Vec<f64>,
}

impl Trained {
    /// From levels, the cleanest first.
    ///
    /// # Errors
    /// Fewer than two, or not finite, rising and above 0.
    pub fn new(sigmas: Vec<f64>) -> Result<Self, SigmasError> {
        let rises = sigmas.windows(2).all(|pair| pair[0] < pair[1]);
        let ends = sigmas.first().is_some_and(|first| *first > 0.0)
            && sigmas.last().is_some_and(|last| last.is_finite());
        if sigmas.len() < 2 || !rises || !ends {
            return Err(SigmasError::Training);
        }
        Ok(Self { sigmas })
    }

    /// From the share of noise β that each training step adds (Ho et al. 2020): `ᾱ = Π (1 − β)`, `σ = √((1 − ᾱ)/ᾱ)`.
    ///
    /// # Errors
    /// Fewer than two, or so that the levels are not finite, rising and above 0: each β must be within 0 and 1.
    pub fn of_betas(betas: impl IntoIterator<Item = f64>) -> Result<Self, SigmasError> {
        Self::new(levels(betas))
    }

    /// Even steps of β from `first` to `last` (Ho et al. 2020: 0.0001 to 0.02 in 1000).
    ///
    /// # Errors
    /// As [`Trained::of_betas`].
    pub fn linear(ends: [f64; 2], steps: usize) -> Result<Self, SigmasError> {
        Self::of_betas(line(ends, steps))
    }

    /// Even steps of `√β` from `first` to `last` (Rombach et al. 2022).
    ///
    /// # Errors
    /// As [`Trained::of_betas`].
    pub fn scaled_linear(ends: [f64; 2], steps: usize) -> Result<Self, SigmasError> {
        Self::of_betas(scaled_line(ends, steps))
    }

    /// Stable Diffusion 1, 2 and XL: scaled linear from 0.00085 to 0.012 in 1000 steps, so levels 0.0292 to 14.61.
    pub fn stable_diffusion() -> Self {
        Self {
            sigmas: levels(scaled_line([0.00085, 0.012], 1000)),
        }
    }

    /// The levels, the cleanest first.
    pub fn levels(&self) -> &[f64] {
        &self.sigmas
    }

    /// The greatest and the least level.
    pub fn bounds(&self) -> [f64; 2] {
        [self.sigmas[self.last()], self.sigmas[0]]
    }

    fn last(&self) -> usize {
        self.sigmas.len() - 1
    }

    /// The level at a time, which is held within 0 and the last.
    pub fn sigma(&self, time: f64) -> f64 {
        let time = time.clamp(0.0, self.last() as f64);
        let below = (time as usize).min(self.last() - 1);
        let share = time - below as f64;
        let [low, high] = [self.sigmas[below], self.sigmas[below + 1]].map(f64::ln);
        (low + (high - low) * share).exp()
    }

    /// The time of a level, held within 0 and the last: what the network is told.
    pub fn time(&self, sigma: f64) -> f64 {
        let above = self.sigmas.partition_point(|level| *level <= sigma);
        let above = above.clamp(1, self.last());
        let [low, high] = [self.sigmas[above - 1], self.sigmas[above]].map(f64::ln);
        let share = ((sigma.ln() - low) / (high - low)).clamp(0.0, 1.0);
        (above - 1) as f64 + share
    }

    /// `steps` levels, then 0: `steps + 1` numbers, strictly falling. Schedules made of bounds fall from the greatest
    /// level to the least; published ones are what they are.
    ///
    /// # Errors
    /// Steps outside 1..=1000, or more than the levels of training where the schedule chooses among them.
    pub fn sigmas(&self, schedule: Schedule, steps: usize) -> Result<Vec<f64>, SigmasError> {
        if !(1..=1000).contains(&steps) {
            return Err(SigmasError::Steps(steps));
        }
        let mut falling = match schedule.row().spread {
            Spread::Bounds(spread) => spread(steps, self.bounds()),
            Spread::Trained(_) if steps > self.sigmas.len() => {
                let levels = self.sigmas.len();
                return Err(SigmasError::Crowded { steps, levels });
            }
            Spread::Trained(spread) => spread(steps, self),
            Spread::Published(spread) => spread(steps),
        };
        falling.push(0.0);
        Ok(falling)
    }
}

/// The levels of a process that adds a share β of noise at each step.
fn levels(betas: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let kept = betas.into_iter().scan(1.0, |kept, beta| {
        *kept *= 1.0 - beta;
        Some(*kept)
    });
    kept.map(|kept: f64| ((1.0 - kept) / kept).sqrt()).collect()
}

/// `steps` even steps from `first` to `last`, both included.
fn line([first, last]: [f64; 2], steps: usize) -> impl Iterator<Item = f64> {
    let gaps = steps.max(2) - 1;
    (0..steps).map(move |i| first + (last - first) * i as f64 / gaps as f64)
}

/// The same in square roots.
fn scaled_line(ends: [f64; 2], steps: usize) -> impl Iterator<Item = f64> {
    line(ends.map(f64::sqrt), steps).map(|root| root * root)
}

pub(super) fn normal(steps: usize, trained: &Trained) -> Vec<f64> {
    let times = line([trained.last() as f64, 0.0], steps);
    times.map(|time| trained.sigma(time)).collect()
}

pub(super) fn sgm_uniform(steps: usize, trained: &Trained) -> Vec<f64> {
    let times = line([trained.last() as f64, 0.0], steps + 1).take(steps);
    times.map(|time| trained.sigma(time)).collect()
}

pub(super) fn simple(steps: usize, trained: &Trained) -> Vec<f64> {
    let levels = &trained.sigmas;
    let stride = levels.len() as f64 / steps as f64;
    let down = (0..steps).map(|i| (i as f64 * stride) as usize);
    down.map(|down| levels[trained.last() - down]).collect()
}

pub(super) fn ddim_uniform(steps: usize, trained: &Trained) -> Vec<f64> {
    let stride = trained.sigmas.len() / steps;
    // One up, where there is room above the last.
    let first = 1.min(trained.last() - stride * (steps - 1));
    let up = (0..steps).rev().map(|i| first + stride * i);
    up.map(|time| trained.sigmas[time]).collect()
}

/// Whole times, each at least one below the time before: only with very many steps do two quantiles share one.
pub(super) fn beta(steps: usize, trained: &Trained) -> Vec<f64> {
    let mut room = trained.sigmas.len();
    let time = |i: usize| {
        let share = 1.0 - i as f64 / steps as f64;
        let quantile = distribution::quantile(share, [0.6, 0.6]);
        // The median is half way between two of an even number of times, but for its last bits.
        let rounded = (quantile * trained.last() as f64 + 1e-9).round_ties_even() as usize;
        room = rounded.min(room - 1).max(steps - 1 - i);
        room
    };
    let times = (0..steps).map(time);
    times.map(|time| trained.sigmas[time]).collect()
}
