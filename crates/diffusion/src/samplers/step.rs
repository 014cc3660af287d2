//! What one step is made of, for every sampler.

use burn::tensor::Tensor;

use crate::sampler::{Denoise, Progress};

/// Tells of step `done`, whose expected clean latent is given.
pub(super) fn tell<D: Denoise>(
    denoiser: &mut D,
    done: usize,
    sigmas: &[f64],
    denoised: &Tensor<4>,
) -> Result<(), D::Error> {
    denoiser.finished(Progress {
        done,
        total: sigmas.len() - 1,
        denoised,
    })
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
