//! Solvers of the reverse SDE with all of its noise (`η = 1`), exact in the linear part.

use burn::tensor::Tensor;

use super::step::{Step, ancestral, stirred, towards, walk};
use crate::sampler::Denoise;

/// SDE-DPM-Solver++ with a look at the middle level (Lu et al. 2022b, in k-diffusion's form with `r = 1/2`).
///
/// The noise is one Brownian path in σ, so that what is added on the way to the middle is a part of what is added on
/// the whole way: two draws a step.
pub(super) fn dpmpp_sde<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    walk(denoiser, x, sigmas, |denoiser, x, denoised, at| {
        let Step { i, from, to } = at;
        if to == 0.0 {
            return Ok(denoised.clone());
        }
        let middle = (from * to).sqrt();
        let [first, rest] = [2 * i, 2 * i + 1].map(|draw| denoiser.noise(&x, draw));
        let [down, up] = ancestral(from, middle);
        let ahead = towards(&x, denoised, down / from) + first.clone() * up;
        let there = denoiser.denoised(ahead, middle, i)?;
        let path = first * (from - middle).sqrt() + rest * (middle - to).sqrt();
        let [down, up] = ancestral(from, to);
        Ok(towards(&x, &there, down / from) + path * (up / (from - to).sqrt()))
    })
}

/// How much noise the process has from one level to the next.
fn spread(at: Step) -> f64 {
    at.to * (1.0 - (at.to / at.from).powi(2)).sqrt()
}

/// SDE-DPM-Solver++ 2M (Lu et al. 2022b, midpoint form).
pub(super) fn dpmpp_2m_sde<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    let mut before: Option<(Tensor<4>, f64)> = None;
    walk(denoiser, x, sigmas, |denoiser, x, denoised, at| {
        if at.to == 0.0 {
            return Ok(denoised.clone());
        }
        let h = (at.from / at.to).ln();
        let expected = match before.take() {
            Some((last, last_h)) => {
                denoised.clone() + (denoised.clone() - last) * (h / (2.0 * last_h))
            }
            None => denoised.clone(),
        };
        before = Some((denoised.clone(), h));
        let x = towards(&x, &expected, (at.to / at.from).powi(2));
        Ok(stirred(denoiser, x, spread(at), at.i))
    })
}

/// SDE-DPM-Solver++ 3M (Crowson's, after the 3M of Lu et al. 2022b).
///
/// The curvature has half the weight that would make it third order, here as in k-diffusion and diffusers: it is of
/// second order, if with a smaller error than 2M on normal data.
pub(super) fn dpmpp_3m_sde<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    let mut before: Vec<(Tensor<4>, f64)> = Vec::new();
    walk(denoiser, x, sigmas, |denoiser, x, denoised, at| {
        if at.to == 0.0 {
            return Ok(denoised.clone());
        }
        let h = (at.from / at.to).ln();
        let mut x = towards(&x, denoised, (at.to / at.from).powi(2));
        if let Some(bend) = bend(denoised, &before, h) {
            x = x + bend;
        }
        before.insert(0, (denoised.clone(), h));
        before.truncate(2);
        Ok(stirred(denoiser, x, spread(at), at.i))
    })
}

/// What the clean latents before, nearest first, say of the change of the clean latent within a step `h` of `log σ`.
fn bend(denoised: &Tensor<4>, before: &[(Tensor<4>, f64)], h: f64) -> Option<Tensor<4>> {
    let fall = 2.0 * h;
    let first = 1.0 + (-fall).exp_m1() / fall;
    let (last, last_h) = before.first()?;
    let near = last_h / h;
    let rise = (denoised.clone() - last.clone()) / near;
    let Some((older, older_h)) = before.get(1) else {
        return Some(rise * first);
    };
    let far = older_h / h;
    let rise_before = (last.clone() - older.clone()) / far;
    let curve = (rise.clone() - rise_before) / (near + far);
    let second = 0.5 - first / fall;
    Some((rise + curve.clone() * near) * first + curve * second)
}
