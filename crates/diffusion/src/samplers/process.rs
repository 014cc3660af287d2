//! The training process walked back: its flow, its posterior, and consistency.

use burn::tensor::Tensor;

use super::step::{stirred, walk};
use crate::sampler::Denoise;

/// The posterior of the variance-preserving process, written for `x = x₀ + σ·ε`: the ancestral step with all the
/// noise that the process has between two levels.
pub(super) fn ddpm<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |denoiser, x, denoised, at| {
        let ratio = (at.to / at.from).powi(2);
        let x = x * ratio + denoised.clone() * (1.0 - ratio);
        let spread = at.to * (1.0 - ratio).max(0.0).sqrt();
        Ok(stirred(denoiser, x, spread, at.i))
    })
}

/// DDIM without noise (Song et al. 2021, equation 12 with `σ_t = 0`): the noise found at one level is kept at the next.
pub(super) fn ddim<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |_, x, denoised, at| {
        let noise = x - denoised.clone();
        Ok(denoised.clone() + noise * (at.to / at.from))
    })
}

/// Multistep consistency sampling (Song et al. 2023, algorithm 1; Luo et al. 2023, "Latent consistency models"): all
/// the way to the clean latent, then back up with fresh noise. The denoiser is a consistency function, its boundary
/// scaling included; a plain denoiser loses variance at each step.
pub(super) fn lcm<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |denoiser, _, denoised, at| {
        Ok(stirred(denoiser, denoised.clone(), at.to, at.i))
    })
}
