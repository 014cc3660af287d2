//! What a network predicts, and how the clean latent follows from it.

use std::f64::consts::FRAC_PI_2;

use burn::tensor::Tensor;

/// What a network of a variance-preserving process says of `z = α·x₀ + s·ε` with `α² + s² = 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prediction {
    /// The noise ε (Ho et al. 2020).
    Eps,
    /// The velocity `v = α·ε − s·x₀` (Salimans and Ho 2022).
    V,
    /// The clean latent x₀.
    X0,
}

/// A place on a variance-preserving process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VpPoint {
    /// Share of the clean latent, 0..=1.
    pub alpha: f64,
    /// Share of the noise, 0..=1.
    pub spread: f64,
}

impl VpPoint {
    /// The place where the noise is `sigma` times the clean latent.
    pub fn of_sigma(sigma: f64) -> Self {
        let alpha = 1.0 / sigma.hypot(1.0);
        Self {
            alpha,
            spread: sigma * alpha,
        }
    }

    /// The place at cosine time 0 (clean) to 1 (noise): `α = cos(πt/2)`, `s = sin(πt/2)`.
    pub fn of_cosine_time(time: f64) -> Self {
        Self {
            alpha: (time * FRAC_PI_2).cos(),
            spread: (time * FRAC_PI_2).sin(),
        }
    }

    /// Noise over clean latent, 0 to infinity.
    pub fn sigma(self) -> f64 {
        self.spread / self.alpha
    }

    /// Cosine time, 0 (clean) to 1 (noise).
    pub fn cosine_time(self) -> f64 {
        self.spread.atan2(self.alpha) / FRAC_PI_2
    }
}

impl Prediction {
    /// The clean latent that a network means by `output` at `noisy`, which is `α·x₀ + s·ε`.
    ///
    /// # Shapes
    /// all `[batch, channels, height, width]`
    pub fn clean(self, output: Tensor<4>, noisy: Tensor<4>, at: VpPoint) -> Tensor<4> {
        match self {
            Self::Eps => (noisy - output * at.spread) / at.alpha,
            Self::V => noisy * at.alpha - output * at.spread,
            Self::X0 => output,
        }
    }

    /// What the network should have said: the target of training.
    ///
    /// # Shapes
    /// `clean` and `noise` `[batch, channels, height, width]`, `alpha` and `spread` `[batch, 1, 1, 1]`
    pub fn target(
        self,
        clean: Tensor<4>,
        noise: Tensor<4>,
        [alpha, spread]: [Tensor<4>; 2],
    ) -> Tensor<4> {
        match self {
            Self::Eps => noise,
            Self::V => noise * alpha - clean * spread,
            Self::X0 => clean,
        }
    }
}
