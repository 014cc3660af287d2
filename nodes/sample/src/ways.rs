//! The samplers and the spreads of noise levels, as choices.

use weft_diffusion as diffusion;
use weft_node::Choice;

/// A way down the noise levels.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum Sampler {
    /// DPM-Solver++ 2M: second order from the step before; good from 10 steps.
    Dpmpp2m,
    /// First order, the same as DDIM.
    Euler,
    /// First order with fresh noise at each step: livelier, and never settled.
    EulerAncestral,
    /// Second order, two calls of the network a step.
    Heun,
    /// The ancestral sampler of training, which the paper uses with 256 steps.
    Ddpm,
}

/// How the noise levels are spread over the steps.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum Sigmas {
    /// Evenly in cosine time, as in training.
    Cosine,
    /// More steps at little noise.
    Karras,
    /// Evenly in the logarithm.
    Exponential,
}

impl From<Sampler> for diffusion::Sampler {
    fn from(sampler: Sampler) -> Self {
        match sampler {
            Sampler::Dpmpp2m => Self::Dpmpp2m,
            Sampler::Euler => Self::Euler,
            Sampler::EulerAncestral => Self::EulerAncestral,
            Sampler::Heun => Self::Heun,
            Sampler::Ddpm => Self::Ddpm,
        }
    }
}

impl From<Sigmas> for diffusion::Schedule {
    fn from(sigmas: Sigmas) -> Self {
        match sigmas {
            Sigmas::Cosine => Self::Cosine,
            Sigmas::Karras => Self::Karras,
            Sigmas::Exponential => Self::Exponential,
        }
    }
}
