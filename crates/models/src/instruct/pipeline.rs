//! From instructions to pictures: text encoder, U-Net and autoencoder together.

#[cfg(test)]
mod tests;

use burn::{
    module::Module,
    tensor::{Device, Float, Tensor, TensorData},
};
use thiserror::Error;
use weft_diffusion::{
    Denoise, Guidance, Prediction, Progress, Sampler, Schedule, SigmasError, VpPoint, Weights,
    sample, sigmas,
};
use weft_tensor::constant;
use weft_vision::noise::normal;

use super::{Context, Instruct, Place, References};
use crate::{
    Network,
    autoencoder::Autoencoder,
    text::{LENGTH, Text, TextEncoder, TextError},
};

/// All it takes to draw.
#[derive(Clone, Copy, Debug)]
pub struct Pipeline<'a> {
    /// Reads the texts.
    pub encoder: &'a TextEncoder,
    /// Draws latents.
    pub net: &'a Instruct,
    /// Turns latents into pictures and back.
    pub autoencoder: &'a Autoencoder,
}

/// One picture to draw. It depends on its own seed alone, whatever is drawn beside it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The instruction, with markers.
    pub text: String,
    /// What guidance leads away from; may be empty.
    pub negative: String,
    /// The pictures that the markers name.
    pub references: Vec<Shown>,
    /// Where its noise starts.
    pub seed: u64,
}

/// One reference of a request.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The number of its marker.
    pub marker: u8,
    /// Its short text, marker included.
    pub text: String,
    /// The picture, `[1, 3, side, side]`, sRGB-encoded, -1..=1.
    pub picture: Tensor<4>,
}

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The way down the noise levels.
    pub sampler: Sampler,
    /// How the noise levels are spread.
    pub schedule: Schedule,
    /// Steps, 1..=1000.
    pub steps: usize,
    /// How strongly the instruction is followed.
    pub guidance: Guidance,
    /// Pixels along a side of the picture; the references have as many.
    pub side: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sampler: Sampler::default(),
            schedule: Schedule::default(),
            steps: 25,
            guidance: Guidance::default(),
            side: 128,
        }
    }
}

/// Why nothing can be drawn.
#[derive(Debug, Error)]
pub enum PipelineError {
    /// A text.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The steps.
    #[error(transparent)]
    Sigmas(#[from] SigmasError),
    /// The side of the pictures.
    #[error("pictures of {side} pixels cannot be drawn; ask for a multiple of {factor}")]
    Side {
        /// The side asked for.
        side: usize,
        /// What divides a side.
        factor: usize,
    },
}

/// Cosine times of the first and the last call of the network: at 1 nothing but noise would be seen.
const TIMES: [f64; 2] = [0.996, 0.02];

impl Pipeline<'_> {
    /// Draws the requests together.
    ///
    /// # Shapes
    /// result: `[requests, 3, side, side]`, sRGB-encoded, -1..=1
    ///
    /// # Panics
    /// There is no request, or the networks do not belong together.
    ///
    /// # Errors
    /// Texts, steps or sides that cannot be used, and those of `step`, which hears of each finished step.
    pub fn draw<E: From<PipelineError>>(
        &self,
        requests: &[Request],
        settings: &Settings,
        step: impl FnMut(Progress<'_>) -> Result<(), E>,
    ) -> Result<Tensor<4>, E> {
        let side = self.latent_side(settings.side)?;
        let bounds = TIMES.map(|time| VpPoint::of_cosine_time(time).sigma());
        let levels =
            sigmas(settings.schedule, settings.steps, bounds).map_err(PipelineError::from)?;
        let device = self.net.devices()[0].clone();
        let channels = self.autoencoder.config().channels;
        let noise = Noise {
            seeds: requests.iter().map(|request| request.seed).collect(),
            shape: [1, channels, side, side],
            device,
        };
        let start = noise.of(0) * levels[0];
        let mut guided = Guided {
            net: self.net,
            guidance: settings.guidance,
            branches: self.branches(requests)?,
            joined: None,
            with_context: requests.iter().any(|it| !it.references.is_empty()),
            noise,
            step,
        };
        let latents = sample(settings.sampler, &mut guided, start, &levels)?;
        Ok(self.autoencoder.picture(latents))
    }

    fn latent_side(&self, side: usize) -> Result<usize, PipelineError> {
        let inner = self.autoencoder.config().factor();
        let factor = inner * self.net.config().factor();
        if side == 0 || !side.is_multiple_of(factor) {
            return Err(PipelineError::Side { side, factor });
        }
        Ok(side / inner)
    }

    /// Without anything, with the text alone, with text and context.
    fn branches(&self, requests: &[Request]) -> Result<[Branch; 3], PipelineError> {
        let count = requests.len();
        let texts: Vec<&str> = requests.iter().map(|it| it.text.as_str()).collect();
        let negatives: Vec<&str> = requests.iter().map(|it| it.negative.trim()).collect();
        let text = self.encoder.encode(&texts, LENGTH)?.text;
        let nothing = if negatives.iter().all(|negative| negative.is_empty()) {
            text.hidden()
        } else {
            let said: Vec<f32> = negatives
                .iter()
                .map(|negative| f32::from(u8::from(!negative.is_empty())))
                .collect();
            let said = TensorData::new(said, [count, 1]);
            let text = self.encoder.encode(&negatives, LENGTH)?.text;
            let said = constant::<2, Float>(said, &text.mask.device());
            Text {
                mask: text.mask * said,
                ..text
            }
        };
        let context = match self.references(requests)? {
            Some(references) => self.net.encode_context(&references, count),
            None => Context::default(),
        };
        let hidden = context.hidden();
        Ok([
            (nothing, hidden.clone()),
            (text.clone(), hidden),
            (text, context),
        ]
        .map(|(text, context)| Branch { text, context }))
    }

    fn references(&self, requests: &[Request]) -> Result<Option<References>, PipelineError> {
        let rows = requests.iter().enumerate();
        let shown = rows.flat_map(|(row, it)| it.references.iter().map(move |shown| (row, shown)));
        let shown: Vec<(usize, &Shown)> = shown.collect();
        if shown.is_empty() {
            return Ok(None);
        }
        let texts: Vec<&str> = shown.iter().map(|(_, it)| it.text.as_str()).collect();
        let pictures = shown.iter().map(|(_, it)| it.picture.clone()).collect();
        let place = |&(row, it): &(usize, &Shown)| Place {
            row,
            marker: it.marker,
        };
        Ok(Some(References {
            latents: self.autoencoder.latents(Tensor::cat(pictures, 0)),
            text: self.encoder.encode(&texts, LENGTH)?.text,
            places: shown.iter().map(place).collect(),
        }))
    }
}

/// What the network is told, for all requests.
#[derive(Clone)]
struct Branch {
    text: Text,
    context: Context,
}

/// Branches put together for one call, and which ones they are.
struct Joined {
    which: Vec<usize>,
    branch: Branch,
}

/// Noise of each request from its own seed.
struct Noise {
    seeds: Vec<u64>,
    shape: [usize; 4],
    device: Device,
}

impl Noise {
    /// That of a draw: 0 for the start, then one number a step.
    fn of(&self, draw: u64) -> Tensor<4> {
        // An odd multiple of the golden ratio keeps the draws of neighbouring seeds apart.
        let apart = draw.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let each = |seed: &u64| normal(self.shape, seed.wrapping_add(apart), &self.device);
        Tensor::cat(self.seeds.iter().map(each).collect(), 0)
    }
}

/// The network as a denoiser, guided.
struct Guided<'a, F> {
    net: &'a Instruct,
    guidance: Guidance,
    branches: [Branch; 3],
    joined: Option<Joined>,
    with_context: bool,
    noise: Noise,
    step: F,
}

impl<F> Guided<'_, F> {
    /// The branches of those numbers, for one call; kept, since most steps want the same ones.
    fn joined(&mut self, which: Vec<usize>) -> &Branch {
        let kept = self.joined.take().filter(|joined| joined.which == which);
        let branches = &self.branches;
        let join = || {
            let texts: Vec<Text> = which.iter().map(|&i| branches[i].text.clone()).collect();
            let contexts: Vec<Context> =
                which.iter().map(|&i| branches[i].context.clone()).collect();
            let branch = Branch {
                text: Text::cat(&texts),
                context: Context::cat(&contexts),
            };
            Joined { which, branch }
        };
        &self.joined.insert(kept.unwrap_or_else(join)).branch
    }
}

impl<F, E> Denoise for Guided<'_, F>
where
    F: FnMut(Progress<'_>) -> Result<(), E>,
{
    type Error = E;

    fn denoised(&mut self, x: Tensor<4>, sigma: f64, step: usize) -> Result<Tensor<4>, E> {
        let at = VpPoint::of_sigma(sigma);
        let time = at.cosine_time();
        let Weights {
            nothing,
            text,
            full,
        } = self.guidance.at(step, time, self.with_context);
        let weighted = [nothing, text, full].into_iter().enumerate();
        let (which, weights): (Vec<usize>, Vec<f64>) =
            weighted.filter(|(_, weight)| *weight != 0.0).unzip();
        let noisy = x * at.alpha;
        let [requests, ..] = noisy.dims();
        let net = self.net;
        let branch = self.joined(which);
        let count = weights.len();
        let times = vec![time as f32; count * requests];
        let times = constant::<1, Float>(times.as_slice(), &noisy.device());
        let stacked = Tensor::cat(vec![noisy.clone(); count], 0);
        let velocities = net.forward(stacked, times, &branch.text, &branch.context);
        let parts = velocities.split(requests, 0).into_iter().zip(weights);
        let weighted = parts.map(|(velocity, weight)| velocity * weight);
        let velocity = weighted.reduce(|sum, part| sum + part);
        let velocity = velocity.unwrap_or_else(|| noisy.zeros_like());
        Ok(Prediction::V.clean(velocity, noisy, at))
    }

    fn noise(&mut self, _: &Tensor<4>, step: usize) -> Tensor<4> {
        self.noise.of(step as u64 + 1)
    }

    fn finished(&mut self, progress: Progress<'_>) -> Result<(), E> {
        (self.step)(progress)
    }
}
