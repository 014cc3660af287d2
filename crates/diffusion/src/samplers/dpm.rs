//! Steps with a look at the middle level, `√(σ·σ′)`: two calls of the network each.

use burn::tensor::Tensor;

use super::step::{Step, ancestral, slope, stirred, towards, walk};
use crate::sampler::Denoise;

/// DPM-Solver-2 (Lu et al. 2022, algorithm 1) in the form of Karras et al.: the slope of the middle carries the whole
/// step, which is a plain one where it ends at 0.
fn by_slope<D: Denoise>(
    denoiser: &mut D,
    (x, denoised): (Tensor<4>, &Tensor<4>),
    Step { i, from, to }: Step,
) -> Result<Tensor<4>, D::Error> {
    let here = slope(&x, denoised, from);
    if to == 0.0 {
        return Ok(x + here * (to - from));
    }
    let middle = (from * to).sqrt();
    let ahead = x.clone() + here * (middle - from);
    let there = denoiser.denoised(ahead.clone(), middle, i)?;
    Ok(x + slope(&ahead, &there, middle) * (to - from))
}

/// DPM-Solver-2 (Lu et al. 2022, algorithm 1): see [`by_slope`].
pub(super) fn dpm2<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |denoiser, x, denoised, at| {
        by_slope(denoiser, (x, denoised), at)
    })
}

/// DPM-Solver-2 (Lu et al. 2022) further down than the next level, then fresh noise up to it, as [`by_slope`] and
/// Euler's ancestral step.
pub(super) fn dpm2_ancestral<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |denoiser, x, denoised, at| {
        let [down, up] = ancestral(at.from, at.to);
        let x = by_slope(denoiser, (x, denoised), Step { to: down, ..at })?;
        Ok(stirred(denoiser, x, up, at.i))
    })
}

/// DPM-Solver++ 2S (Lu et al. 2022b, algorithm 1 with `r = 1/2`): the clean latent of the middle carries the whole step
/// further down than the next level; then fresh noise up to it.
pub(super) fn dpmpp_2s_ancestral<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |denoiser, x, denoised, at| {
        let [down, up] = ancestral(at.from, at.to);
        let expected = if down > 0.0 {
            let middle = (at.from * down).sqrt();
            let ahead = towards(&x, denoised, middle / at.from);
            denoiser.denoised(ahead, middle, at.i)?
        } else {
            denoised.clone()
        };
        let x = towards(&x, &expected, down / at.from);
        Ok(stirred(denoiser, x, up, at.i))
    })
}
