//! Sentences as numbers, by a frozen sentence encoder.
//!
//! The markers `[ref#1]` to `[ref#4]` are tokens of their own. They take the ids of four words that BERT
//! left unused, so that the encoder's table needs no new rows and stays as it was trained; a network that
//! wants markers to mean something adds a vector of its own, which learns, to the features at the places
//! that [`Text::markers`] tells.

mod bert;
mod encoder;
mod tokens;

#[cfg(test)]
pub(crate) mod tests;

use burn::tensor::{Int, Tensor};

pub use bert::{Bert, Config};
pub use encoder::{Encoded, TextEncoder, TextError};

/// Channels of a token's features.
pub const WIDTH: usize = 384;

/// Tokens that a text has room for where nothing else is said; longer ones are cut.
pub const LENGTH: usize = 48;

/// Numbers that the markers `[ref#1]`, … may bear.
pub const MARKERS: usize = 4;

/// Texts as the networks take them, one row each.
#[derive(Clone, Debug)]
pub struct Text {
    /// `[batch, tokens, width]`.
    pub features: Tensor<3>,
    /// 1 for a token, 0 for the room behind the last one: `[batch, tokens]`.
    pub mask: Tensor<2>,
    /// The number of the marker at that token, 0 for any other token: `[batch, tokens]`.
    pub markers: Tensor<2, Int>,
}

impl Text {
    /// Of the same shape, but with every token left out: a network is told nothing.
    #[must_use]
    pub fn hidden(&self) -> Self {
        Self {
            mask: self.mask.zeros_like(),
            ..self.clone()
        }
    }

    /// The texts of several batches as those of one.
    ///
    /// # Panics
    /// There are none, or their room or width differs.
    #[must_use]
    pub fn cat(parts: &[Self]) -> Self {
        Self {
            features: Tensor::cat(parts.iter().map(|text| text.features.clone()).collect(), 0),
            mask: Tensor::cat(parts.iter().map(|text| text.mask.clone()).collect(), 0),
            markers: Tensor::cat(parts.iter().map(|text| text.markers.clone()).collect(), 0),
        }
    }
}
