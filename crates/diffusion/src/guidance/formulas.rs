//! Guidance over given outputs of a network, each a formula of one paper.
//!
//! Sums may be taken over whatever the network predicts, or over clean latents: at one `x` they mean the same. The
//! other formulas say where they hold.

use burn::tensor::Tensor;

/// Classifier-free guidance (Ho and Salimans 2022): `u + w·(c − u)`. At `weight` 0 it is `uncond`, at 1 `cond`.
///
/// # Shapes
/// all `[batch, channels, height, width]`
pub fn classifier_free(cond: Tensor<4>, uncond: Tensor<4>, weight: f64) -> Tensor<4> {
    uncond.clone() + (cond - uncond) * weight
}

/// Perturbed-attention guidance (Ahn et al. 2024): `guided + s·(c − p)`, where `p` is the output under the
/// same condition with self-attention replaced by the identity. `guided` is `cond`, or what [`classifier_free`] made.
///
/// # Shapes
/// all `[batch, channels, height, width]`
pub fn perturbed_attention(
    guided: Tensor<4>,
    cond: Tensor<4>,
    perturbed: Tensor<4>,
    scale: f64,
) -> Tensor<4> {
    guided + (cond - perturbed) * scale
}

/// The weight of [`classifier_free`] that makes a first-order step from level `from` to `to` that of CFG++ (Chung et
/// al. 2024, algorithm 2) with `lambda` in 0..=1: `λ/(1 − σ′/σ)`.
///
/// CFG++ goes to the guided clean latent but keeps the noise that was found without the condition. In one step down
/// that is plain guidance, the stronger the smaller the step; exactly so for `Sampler::Ddim` and `Sampler::Euler`.
pub fn plus_plus(lambda: f64, [from, to]: [f64; 2]) -> f64 {
    lambda / (1.0 - to / from)
}

/// `weight` where `sigma` is above `low` and at most `high`, and 1, no guidance, elsewhere (Kynkäänniemi et al. 2024).
pub fn within(weight: f64, sigma: f64, [low, high]: [f64; 2]) -> f64 {
    if low < sigma && sigma <= high {
        weight
    } else {
        1.0
    }
}

/// Guidance that keeps the deviation of `cond` in each sample (Lin et al. 2023, equations 15 and 16), for a `share` in
/// 0..=1 of the way; over what the network predicts. A constant `guided` has no deviation, so gives NaN, as there.
///
/// # Shapes
/// all `[batch, channels, height, width]`
pub fn rescaled(guided: Tensor<4>, cond: Tensor<4>, share: f64) -> Tensor<4> {
    let factor = deviation(cond) / deviation(guided.clone());
    guided * (factor * share + (1.0 - share))
}

/// The deviation of each sample.
///
/// # Shapes
/// `[batch, channels, height, width]` to `[batch, 1, 1, 1]`
fn deviation(x: Tensor<4>) -> Tensor<4> {
    let batch = x.dims()[0];
    let flat: Tensor<2> = x.flatten(1, 3);
    flat.var(1).sqrt().reshape([batch, 1, 1, 1])
}

/// Dynamic thresholding (Saharia et al. 2022, section 2.3): each sample is divided by the `quantile` (0..=1, held
/// there) of its sizes, which is held within 1 and `most`, and cut to −1..=1. For clean pixels in −1..=1, not latents.
///
/// # Shapes
/// `clean` and the result `[batch, channels, height, width]`
pub fn thresholded(clean: Tensor<4>, quantile: f64, most: f64) -> Tensor<4> {
    let [batch, channels, height, width] = clean.dims();
    let count = channels * height * width;
    if batch * count == 0 {
        return clean;
    }
    let flat: Tensor<2> = clean.clone().abs().flatten(1, 3);
    let sorted = flat.sort(1);
    let place = quantile.clamp(0.0, 1.0) * (count - 1) as f64;
    let at = |index: usize| sorted.clone().narrow(1, index, 1);
    let share = place.fract();
    let limit = at(place as usize) * (1.0 - share) + at(place.ceil() as usize) * share;
    let limit = limit.clamp_max(most).clamp_min(1.0);
    (clean / limit.reshape([batch, 1, 1, 1])).clamp(-1.0, 1.0)
}
