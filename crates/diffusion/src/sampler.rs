//! Running a sampler down the noise levels.

use burn::tensor::Tensor;

use crate::samplers;

/// A network seen as a denoiser: `D(x; σ)`, the clean latent it expects behind `x = x₀ + σ·ε`.
pub trait Denoise {
    /// What can go wrong, or stop it.
    type Error;

    /// The expected clean latent; `step` counts from 0.
    ///
    /// # Shapes
    /// `x` and the result `[batch, channels, height, width]`
    ///
    /// # Errors
    /// Those of the network, or that it was stopped.
    fn denoised(&mut self, x: Tensor<4>, sigma: f64, step: usize)
    -> Result<Tensor<4>, Self::Error>;

    /// Fresh normal noise for the steps that add some, of the shape of the latent.
    fn noise(&mut self, like: &Tensor<4>, step: usize) -> Tensor<4>;

    /// Hears of each finished step.
    ///
    /// # Errors
    /// That it was stopped.
    fn finished(&mut self, progress: Progress<'_>) -> Result<(), Self::Error>;
}

/// One finished step.
#[derive(Debug)]
pub struct Progress<'a> {
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
    /// The clean latent that was expected at this step.
    pub denoised: &'a Tensor<4>,
}

/// A way down the noise levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampler {
    /// First order (Karras et al. 2022, algorithm 1 without the correction); the same as DDIM (Song et al. 2021).
    Euler,
    /// First order with fresh noise at each step.
    EulerAncestral,
    /// Second order, two calls of the network a step (Karras et al. 2022, algorithm 1).
    Heun,
    /// Second order from the step before (Lu et al. 2022, DPM-Solver++ 2M).
    #[default]
    Dpmpp2m,
    /// The ancestral sampler of the training process (Ho et al. 2020).
    Ddpm,
}

/// Runs from `x`, noise of deviation `sigmas[0]`, down to the last of `sigmas`.
///
/// # Shapes
/// `x` and the result `[batch, channels, height, width]`
///
/// # Errors
/// Those of the denoiser.
pub fn sample<D: Denoise>(
    sampler: Sampler,
    denoiser: &mut D,
    x: Tensor<4>,
    sigmas: &[f64],
) -> Result<Tensor<4>, D::Error> {
    match sampler {
        Sampler::Euler => samplers::euler(denoiser, x, sigmas),
        Sampler::EulerAncestral => samplers::euler_ancestral(denoiser, x, sigmas),
        Sampler::Heun => samplers::heun(denoiser, x, sigmas),
        Sampler::Dpmpp2m => samplers::dpmpp_2m(denoiser, x, sigmas),
        Sampler::Ddpm => samplers::ddpm(denoiser, x, sigmas),
    }
}
