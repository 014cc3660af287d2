//! The samplers, one function each.

use burn::tensor::Tensor;

use crate::sampler::{Denoise, Progress};

/// Tells of step `done`, whose expected clean latent is given.
fn tell<D: Denoise>(
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
fn slope(x: &Tensor<4>, denoised: &Tensor<4>, sigma: f64) -> Tensor<4> {
    (x.clone() - denoised.clone()) / sigma
}

pub(crate) fn euler<D: Denoise>(
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

/// How far down to go without noise, and how much noise to add, so that the level is `to` after it.
fn ancestral(from: f64, to: f64) -> [f64; 2] {
    let up = (to * to * (from * from - to * to) / (from * from))
        .max(0.0)
        .sqrt()
        .min(to);
    [(to * to - up * up).max(0.0).sqrt(), up]
}

pub(crate) fn euler_ancestral<D: Denoise>(
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

pub(crate) fn heun<D: Denoise>(
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

/// In `λ = −log σ`, with the last two expected latents carried on in a straight line.
pub(crate) fn dpmpp_2m<D: Denoise>(
    denoiser: &mut D,
    mut x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    let mut before: Option<(Tensor<4>, f64)> = None;
    for (i, level) in sigmas.windows(2).enumerate() {
        let denoised = denoiser.denoised(x.clone(), level[0], i)?;
        let h = (level[0] / level[1]).ln();
        let expected = match before {
            Some((last, last_h)) if level[1] > 0.0 => {
                let lead = h / (2.0 * last_h);
                denoised.clone() * (1.0 + lead) - last * lead
            }
            _ => denoised.clone(),
        };
        // exp(−h) = σ₁/σ₀, which is 0 at the last step.
        let kept = level[1] / level[0];
        x = x * kept + expected * (1.0 - kept);
        tell(denoiser, i + 1, sigmas, &denoised)?;
        before = Some((denoised, h));
    }
    Ok(x)
}

/// The posterior of the variance-preserving process, written for `x = x₀ + σ·ε`: the ancestral step with all the
/// noise that the process has between two levels.
pub(crate) fn ddpm<D: Denoise>(
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
