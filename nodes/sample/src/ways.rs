//! The spreads of noise levels that fit the model, as a choice.

use weft_diffusion as diffusion;
use weft_node::Choice;

/// How the noise levels are spread over the steps.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum Sigmas {
    /// Evenly in cosine time, as in training.
    Cosine,
    /// More steps at little noise.
    Karras,
    /// Evenly in the logarithm.
    Exponential,
}

impl From<Sigmas> for diffusion::Schedule {
    fn from(sigmas: Sigmas) -> Self {
        match sigmas {
            Sigmas::Cosine => Self::Cosine,
            Sigmas::Karras => Self::Karras,
            Sigmas::Exponential => Self::Exponential,
        }
    }
}
