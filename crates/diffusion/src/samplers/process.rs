//! The training process walked back: its flow, its posterior, and consistency.

use burn::tensor::Tensor;

use super::step::tell;
use crate::sampler::Denoise;

/// The posterior of the variance-preserving process, written for `x = x₀ + σ·ε`: the ancestral step with all the
/// noise that the process has between two levels.
pub(super) fn ddpm<D: Denoise>(
    denoiser: &mut D,
    mut x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    for (i, level) in sigmas.windows(2).enumerate() {
        let denoised = denoiser.denoised(x.clone(), level[0], i)?;
        let ratio = (level[1] / level[0]).powi(2);
        x = x * ratio + denoised.clone() * (1.0 - ratio);
        let spread = level[1] * (1.0 - ratio).max(0.0).sqrt();
        if spread > 0.0 {
            x = x.clone() + denoiser.noise(&x, i) * spread;
        }
        tell(denoiser, i + 1, sigmas, &denoised)?;
    }
    Ok(x)
}

/// DDIM without noise (Song et al. 2021, equation 12 with `σ_t = 0`): the noise found at one level is kept at the next.
pub(super) fn ddim<D: Denoise>(
    denoiser: &mut D,
    mut x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    for (i, level) in sigmas.windows(2).enumerate() {
        let denoised = denoiser.denoised(x.clone(), level[0], i)?;
        let noise = x - denoised.clone();
        x = denoised.clone() + noise * (level[1] / level[0]);
        tell(denoiser, i + 1, sigmas, &denoised)?;
    }
    Ok(x)
}

/// Multistep consistency sampling (Song et al. 2023, algorithm 1; Luo et al. 2023, "Latent consistency models"): all
/// the way to the clean latent, then back up with fresh noise. The denoiser is a consistency function, its boundary
/// scaling included; a plain denoiser loses variance at each step.
pub(super) fn lcm<D: Denoise>(
    denoiser: &mut D,
    mut x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    for (i, level) in sigmas.windows(2).enumerate() {
        let denoised = denoiser.denoised(x, level[0], i)?;
        x = denoised.clone();
        if level[1] > 0.0 {
            x = x.clone() + denoiser.noise(&x, i) * level[1];
        }
        tell(denoiser, i + 1, sigmas, &denoised)?;
    }
    Ok(x)
}
