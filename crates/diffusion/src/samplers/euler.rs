//! Straight steps along the slope, and the step back that makes them second order.

use burn::tensor::Tensor;

use super::step::{ancestral, slope, stirred, walk};
use crate::sampler::Denoise;

/// Euler (Karras et al. 2022, algorithm 1 without the correction): straight on to the next level.
pub(super) fn euler<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |_, x, denoised, at| {
        Ok(x.clone() + slope(&x, denoised, at.from) * (at.to - at.from))
    })
}

/// Euler further down than the next level, then fresh noise up to it, all that the process has there (Song et al. 2021,
/// "Score-based generative modeling", appendix F, in k-diffusion's form).
pub(super) fn euler_ancestral<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |denoiser, x, denoised, at| {
        let [down, up] = ancestral(at.from, at.to);
        let x = x.clone() + slope(&x, denoised, at.from) * (down - at.from);
        Ok(stirred(denoiser, x, up, at.i))
    })
}

/// Heun (Karras et al. 2022, algorithm 1): on to the next level, and again with the mean of the slopes at both; a step
/// to 0 is straight.
pub(super) fn heun<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |denoiser, x, denoised, at| {
        let first = slope(&x, denoised, at.from);
        let stride = at.to - at.from;
        let ahead = x.clone() + first.clone() * stride;
        if at.to == 0.0 {
            return Ok(ahead);
        }
        let there = denoiser.denoised(ahead.clone(), at.to, at.i)?;
        Ok(x + (first + slope(&ahead, &there, at.to)) * (stride / 2.0))
    })
}
