//! The autoencoder and the scale of its latents.

use burn::{module::Module, tensor::Tensor};

use super::{
    Config, Scale,
    halves::{Decoder, Encoder},
};
use crate::{autoencoder::Moments, layers::Conv};

/// A variational autoencoder (Kingma and Welling, 2013) of pictures (Rombach et al., 2022).
///
/// Who draws uses [`AutoencoderKl::latents`] and [`AutoencoderKl::picture`], whose latents are about 0 with a
/// deviation of 1.
#[derive(Module, Debug)]
pub struct AutoencoderKl {
    pub(super) encoder: Encoder,
    pub(super) decoder: Decoder,
    /// Behind the encoder and before the decoder.
    pub(super) joins: [Option<Conv>; 2],
    #[module(skip)]
    pub(super) config: Config,
}

impl AutoencoderKl {
    /// Its sizes.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The distribution of the latents of a picture, on their own scale.
    ///
    /// # Shapes
    /// - rgb: `[batch, 3, height, width]`, sRGB-encoded, -1..=1; both sides multiples of [`Config::factor`]
    /// - result: `[batch, latents, height / factor, width / factor]`
    ///
    /// # Panics
    /// The picture has another shape.
    pub fn encode(&self, rgb: Tensor<4>) -> Moments {
        let (dims, factor) = (rgb.dims(), self.config.factor());
        let fits = |side: usize| side > 0 && side.is_multiple_of(factor);
        assert!(
            dims[1] == 3 && fits(dims[2]) && fits(dims[3]),
            "autoencoder: a picture of {dims:?} is not [batch, 3, height, width] with sides that are multiples of {factor}",
        );
        let moments = joined(&self.joins[0], self.encoder.forward(rgb));
        let latents = self.config.latents;
        Moments {
            mean: moments.clone().narrow(1, 0, latents),
            log_variance: moments.narrow(1, latents, latents).clamp(-30.0, 20.0),
        }
    }

    /// The picture of latents on their own scale: `[batch, 3, height, width]`, about -1..=1.
    ///
    /// # Panics
    /// The latents have another number of channels.
    pub fn decode(&self, latents: Tensor<4>) -> Tensor<4> {
        self.decoder.forward(joined(&self.joins[1], latents))
    }

    /// The likeliest latents of a picture, brought to the scale on which they are drawn. Shapes and panics are
    /// those of [`AutoencoderKl::encode`].
    pub fn latents(&self, rgb: Tensor<4>) -> Tensor<4> {
        let Scale { factor, shift } = self.config.scale;
        (self.encode(rgb).mean - shift) * factor
    }

    /// The picture of latents on the scale on which they are drawn, within -1..=1. Panics are those of
    /// [`AutoencoderKl::decode`].
    pub fn picture(&self, latents: Tensor<4>) -> Tensor<4> {
        let Scale { factor, shift } = self.config.scale;
        self.decode(latents / factor + shift).clamp(-1.0, 1.0)
    }
}

fn joined(join: &Option<Conv>, x: Tensor<4>) -> Tensor<4> {
    match join {
        Some(join) => join.forward(x),
        None => x,
    }
}
