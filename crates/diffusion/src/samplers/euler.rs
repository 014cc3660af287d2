//! Straight steps along the slope, and the step back that makes them second order.

use burn::tensor::Tensor;

use super::step::{ancestral, slope, tell};
use crate::sampler::Denoise;

/// Euler (Karras et al. 2022, algorithm 1 without the correction): straight on to the next level.
pub(super) fn euler<D: Denoise>(
    denoiser: &mut D,
    mut x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    for (i, level) in sigmas.windows(2).enumerate() {
        let denoised = denoiser.denoised(x.clone(), level[0], i)?;
        x = x.clone() + slope(&x, &denoised, level[0]) * (level[1] - level[0]);
        tell(denoiser, i + 1, sigmas, &denoised)?;
    }
    Ok(x)
}

/// Euler further down than the next level, then fresh noise up to it, all that the process has there (Song et al. 2021,
/// "Score-based generative modeling", appendix F, in k-diffusion's form).
pub(super) fn euler_ancestral<D: Denoise>(
    denoiser: &mut D,
    mut x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    for (i, level) in sigmas.windows(2).enumerate() {
        let denoised = denoiser.denoised(x.clone(), level[0], i)?;
        let [down, up] = ancestral(level[0], level[1]);
        x = x.clone() + slope(&x, &denoised, level[0]) * (down - level[0]);
        if up > 0.0 {
            x = x.clone() + denoiser.noise(&x, i) * up;
        }
        tell(denoiser, i + 1, sigmas, &denoised)?;
    }
    Ok(x)
}

/// Heun (Karras et al. 2022, algorithm 1): on to the next level, and again with the mean of the slopes at both; a step
/// to 0 is straight.
pub(super) fn heun<D: Denoise>(
    denoiser: &mut D,
    mut x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    for (i, level) in sigmas.windows(2).enumerate() {
        let denoised = denoiser.denoised(x.clone(), level[0], i)?;
        let first = slope(&x, &denoised, level[0]);
        let stride = level[1] - level[0];
        let ahead = x.clone() + first.clone() * stride;
        x = if level[1] > 0.0 {
            let there = denoiser.denoised(ahead.clone(), level[1], i)?;
            x + (first + slope(&ahead, &there, level[1])) * (stride / 2.0)
        } else {
            ahead
        };
        tell(denoiser, i + 1, sigmas, &denoised)?;
    }
    Ok(x)
}
