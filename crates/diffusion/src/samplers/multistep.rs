//! Steps that remember the steps before: one call of the network each.

use burn::tensor::Tensor;

use super::adams::{self, weights};
use super::step::{slope, towards, walk};
use crate::sampler::Denoise;

/// DPM-Solver++ 2M (Lu et al. 2022b, algorithm 2): in `λ = −log σ`, with the last two expected latents carried on in a
/// straight line.
pub(super) fn dpmpp_2m<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    let mut before: Option<(Tensor<4>, f64)> = None;
    walk(denoiser, x, sigmas, |_, x, denoised, at| {
        let h = (at.from / at.to).ln();
        let expected = match before.take() {
            Some((last, last_h)) if at.to > 0.0 => {
                let lead = h / (2.0 * last_h);
                denoised.clone() * (1.0 + lead) - last * lead
            }
            _ => denoised.clone(),
        };
        before = Some((denoised.clone(), h));
        // exp(−h) = σ₁/σ₀, which is 0 at the last step.
        Ok(towards(&x, &expected, at.to / at.from))
    })
}

/// Linear multistep of order 4 in σ: Adams and Bashforth on uneven levels (Liu et al. 2022 brought it to diffusion).
pub(super) fn lms<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    let mut slopes: Vec<Tensor<4>> = Vec::new();
    walk(denoiser, x, sigmas, |_, x, denoised, at| {
        slopes.insert(0, slope(&x, denoised, at.from));
        slopes.truncate(4);
        let nodes: Vec<f64> = (0..slopes.len())
            .map(|j| sigmas[at.i - j] - at.from)
            .collect();
        let moments = adams::plain(at.to - at.from, nodes.len());
        let weighted = slopes.iter().zip(weights(&nodes, &moments));
        Ok(weighted.fold(x, |x, (slope, weight)| x + slope.clone() * weight))
    })
}

/// The order of step `i` of a method of order `most`: what is known bounds it, and so does an end at 0, where `log σ`
/// has no end.
fn order(most: usize, i: usize, sigmas: &[f64]) -> usize {
    let left = match sigmas.last() {
        Some(0.0) => sigmas.len() - 1 - i,
        _ => most,
    };
    most.min(i + 1).min(left)
}

/// Places of the levels up to `i` in `log σ`, from that of `i` on, nearest first: `log(σᵢ/σⱼ)`, which is 0 or less.
fn places(sigmas: &[f64], i: usize, count: usize) -> Vec<f64> {
    (0..count)
        .map(|j| (sigmas[i] / sigmas[i - j]).ln())
        .collect()
}

/// DEIS of order 3 (Zhang and Chen 2023, ρAB): a polynomial in `log σ` through the slopes, integrated over σ exactly.
pub(super) fn deis<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    let mut slopes: Vec<Tensor<4>> = Vec::new();
    walk(denoiser, x, sigmas, |_, x, denoised, at| {
        slopes.insert(0, slope(&x, denoised, at.from));
        slopes.truncate(order(3, at.i, sigmas));
        let nodes = places(sigmas, at.i, slopes.len());
        let moments = adams::fading((at.from / at.to).ln(), nodes.len());
        let weighted = slopes.iter().zip(weights(&nodes, &moments));
        Ok(weighted.fold(x, |x, (slope, weight)| {
            x - slope.clone() * (weight * at.from)
        }))
    })
}

/// UniPC of order 2 on clean latents, with `B(h) = eʰ − 1` (Zhao et al. 2023): the predictor of DPM-Solver++ 2M, and a
/// corrector that uses the clean latent found where the predictor went, for which the network is not called again.
pub(super) fn uni_pc<D: Denoise>(
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    // Where the last step began, and the clean latents known there, nearest first.
    let mut last: Option<(Tensor<4>, Vec<Tensor<4>>)> = None;
    walk(denoiser, x, sigmas, |_, mut x, denoised, at| {
        let mut known = vec![denoised.clone()];
        if let Some((start, before)) = last.take() {
            x = corrected(start, denoised, &before, &sigmas[..=at.i]);
            known.extend(before);
        }
        known.truncate(order(2, at.i, sigmas));
        let expected = match known.get(1) {
            Some(before) => {
                let ratios = [sigmas[at.i - 1] / at.from, at.from / at.to];
                let [last_h, h] = ratios.map(f64::ln);
                let lead = h / (2.0 * last_h);
                denoised.clone() * (1.0 + lead) - before.clone() * lead
            }
            None => denoised.clone(),
        };
        last = Some((x.clone(), known));
        Ok(towards(&x, &expected, at.to / at.from))
    })
}

/// The step of UniPC that ended at the last of `sigmas`, taken again from its `start` now that the clean latent at its
/// end, `found`, is known; `before` are those at its start and earlier.
fn corrected(
    start: Tensor<4>,
    found: &Tensor<4>,
    before: &[Tensor<4>],
    sigmas: &[f64],
) -> Tensor<4> {
    let i = sigmas.len() - 2;
    let h = (sigmas[i] / sigmas[i + 1]).ln();
    let mut nodes = places(sigmas, i, before.len());
    nodes.push(h);
    let shares = match before {
        // UniC-1 takes the mean, as the paper does, not the exact weights.
        [_] => vec![-(-h).exp_m1() / 2.0; 2],
        _ => weights(&nodes, &adams::rising(h, nodes.len())),
    };
    let values = before.iter().chain([found]);
    let sum = values
        .zip(shares)
        .map(|(value, share)| value.clone() * share);
    sum.fold(start * (-h).exp(), |sum, part| sum + part)
}
