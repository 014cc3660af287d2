//! What a sampler asks of a network, and tells of its steps.

use burn::tensor::Tensor;

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

    /// Fresh normal noise for the steps that add some, of the shape of the latent; `draw` counts from 0, is the step
    /// where a step draws once, and never comes twice in a run.
    fn noise(&mut self, like: &Tensor<4>, draw: usize) -> Tensor<4>;

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
