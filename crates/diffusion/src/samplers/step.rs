//! What one step is made of, for every sampler.

use burn::tensor::Tensor;

use crate::sampler::{Denoise, Progress};

/// One step on the way down.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// Which one, from 0.
    pub(super) i: usize,
    /// The level where it begins.
    pub(super) from: f64,
    /// The level where it ends.
    pub(super) to: f64,
}

/// Goes down from level to level: asks what is expected behind `x`, has `take` make the step, and tells of it.
pub(super) fn walk<D: Denoise>(
    denoiser: &mut D,
    mut x: Tensor<4>,
    sigmas: &[f64],
    mut take: impl FnMut(&mut D, Tensor<4>, &Tensor<4>, Step) -> Result<Tensor<4>, D::Error>,
) -> Result<Tensor<4>, D::Error> {
    for (i, level) in sigmas.windows(2).enumerate() {
        let [from, to] = [level[0], level[1]];
        let denoised = denoiser.denoised(x.clone(), from, i)?;
        x = take(denoiser, x, &denoised, Step { i, from, to })?;
        denoiser.finished(Progress {
            done: i + 1,
            total: sigmas.len() - 1,
            denoised: &denoised,
        })?;
    }
    Ok(x)
}

/// `x` with so much of that draw of fresh noise; none is drawn for nothing.
pub(super) fn stirred<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    by: f64,
    draw: usize,
) -> Tensor<4> {
    if by > 0.0 {
        x.clone() + denoiser.noise(&x, draw) * by
    } else {
        x
    }
}

/// `dx/dσ = (x − D(x; σ)) / σ`.
pub(super) fn slope(x: &Tensor<4>, denoised: &Tensor<4>, sigma: f64) -> Tensor<4> {
    (x.clone() - denoised.clone()) / sigma
}

/// How far down to go without noise, and how much noise to add, so that the level is `to` after it.
pub(super) fn ancestral(from: f64, to: f64) -> [f64; 2] {
    let up = (to * to * (from * from - to * to) / (from * from))
        .max(0.0)
        .sqrt()
        .min(to);
    [(to * to - up * up).max(0.0).sqrt(), up]
}

/// The exact step for a clean latent that does not change: `kept = σ′/σ` of `x`, the rest of `expected`.
pub(super) fn towards(x: &Tensor<4>, expected: &Tensor<4>, kept: f64) -> Tensor<4> {
    x.clone() * kept + expected.clone() * (1.0 - kept)
}
