//! What a network predicts, and how the clean latent follows from it.

use std::f64::consts::FRAC_PI_2;

use burn::tensor::Tensor;

/// What a network says of `z = α·x₀ + s·ε`. Most processes preserve variance, `α² + s² = 1`; a flow has `α + s = 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prediction {
    /// The noise ε (Ho et al. 2020).
    Eps,
    /// The velocity `v = α·ε − s·x₀` (Salimans and Ho 2022).
    V,
    /// The clean latent x₀.
    X0,
    /// The direction of a straight flow, `ε − x₀` (Lipman et al. 2023, Liu et al. 2023, rectified flow).
    Flow,
}

/// A place on a variance-preserving process, or on a straight flow.
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

    /// The place at flow time 0 (clean) to 1 (noise): `α = 1 − t`, `s = t`. It does not preserve variance.
    pub fn of_flow_time(time: f64) -> Self {
        Self {
            alpha: 1.0 - time,
            spread: time,
        }
    }

    /// Flow time, 0 (clean) to 1 (noise): `σ/(1 + σ)`, of a flow that has as much noise over clean latent.
    pub fn flow_time(self) -> f64 {
        self.spread / (self.alpha + self.spread)
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
            Self::Flow => (noisy - output * at.spread) / (at.alpha + at.spread),
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
            Self::Flow => noise - clean,
        }
    }
}
