//! The noise levels of one run, and the noise.

use burn::tensor::{Device, Tensor};
use weft_diffusion::{Schedule, SigmasError, Trained};
use weft_vision::noise::normal;

/// Which steps of a run are taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) schedule: Schedule,
    pub(crate) steps: usize,
    /// The part of the way from noise, 1, to nothing left to do, 0; all the steps are taken on it.
    pub(crate) denoise: f64,
    pub(crate) first: usize,
    pub(crate) last: Option<usize>,
}

impl Plan {
    /// The levels from the first step to the last; fewer than two where there is nothing to do.
    ///
    /// # Errors
    /// The steps are more than the schedule has.
    pub(crate) fn levels(&self, trained: &Trained) -> Result<Vec<f64>, SigmasError> {
        if self.denoise <= 0.0 {
            return Ok(Vec::new());
        }
        let all = (self.steps as f64 / self.denoise).round() as usize;
        let mut levels = trained.sigmas(self.schedule, all)?;
        levels.drain(..all - self.steps.min(all));
        let last = self.last.unwrap_or(self.steps).min(self.steps);
        levels.truncate(last + 1);
        levels.drain(..self.first.min(levels.len()));
        Ok(levels)
    }
}

/// Noise of a batch, of which each picture has its own seed.
#[derive(Clone, Debug)]
pub(crate) struct Noise {
    /// One for each picture.
    pub(crate) seeds: Vec<u64>,
    /// `[1, channels, height, width]`.
    pub(crate) shape: [usize; 4],
    pub(crate) device: Device,
}

impl Noise {
    /// That of a draw: 0 for the start, then the draws of the sampler.
    pub(crate) fn of(&self, draw: u64) -> Tensor<4> {
        // An odd multiple of the golden ratio keeps the draws of neighbouring seeds apart.
        let apart = draw.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let seeds = self.seeds.iter().map(|seed| seed.wrapping_add(apart));
        let each = seeds.map(|seed| normal(self.shape, seed, &self.device));
        Tensor::cat(each.collect(), 0)
    }
}
