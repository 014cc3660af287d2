//! Noise levels, samplers and guidance over any denoiser. No networks: those are given as `Denoise`.
//!
//! A noisy latent is `x = x₀ + σ·ε`, the form of Karras et al. (2022, "Elucidating the design space of
//! diffusion-based generative models"); a network of another form is read through [`Prediction`].

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

pub mod guidance;
mod prediction;
mod sampler;
mod samplers;
mod sigmas;

#[cfg(test)]
mod tests;

pub use guidance::{Guidance, Weights};
pub use prediction::{Prediction, VpPoint};
pub use sampler::{Denoise, Progress};
pub use samplers::{SAMPLERS, Sampler, SamplerRow, sample};
pub use sigmas::{
    SCHEDULES, Schedule, ScheduleRow, SigmasError, Trained, karras, polyexponential, sigmas,
};
