//! `stable.InpaintCondition`.

use burn::tensor::Tensor;
use weft_node::{
    Context, Error, Inputs, Node, Outputs, Result,
    value::{Image, Mask},
};
use weft_tensor::moved;
use weft_vision::{
    color::rgb_on_white,
    resample::{Filter, resize},
};

use crate::{Latent, StableModel, Vae, encode_latent::encoded, guides::Painted};

/// Tell a model for inpainting what to draw anew.
///
/// Such a model takes 9 channels in: besides the latents, the mask and the latents of what stays. Any other model draws
/// a part anew by the `mask` of `Sample` alone.
#[derive(Inputs)]
pub struct InpaintCondition {
    /// A model for inpainting.
    pub model: StableModel,
    /// Its autoencoder.
    pub vae: Vae,
    /// The picture; both sides are multiples of 8 pixels.
    pub image: Image,
    /// What to draw anew: white.
    pub mask: Mask,
    /// Largest side of a tile when the picture is encoded, in pixels.
    #[input(default = 1024, range = 64..=8192)]
    pub tile: usize,
}

/// A model that knows what to draw anew, and where it begins.
#[derive(Debug, Outputs)]
pub struct Painting {
    /// The model.
    pub model: StableModel,
    /// The latents of the picture, for `Sample` and its `denoise`.
    pub latent: Latent,
}

impl Node for InpaintCondition {
    const ID: &'static str = "stable.InpaintCondition";
    const VERSION: u32 = 2;
    type Output = Painting;

    fn run(self, context: &mut Context) -> Result<Painting> {
        let (config, latents) = (&self.model.config, self.vae.config.latents);
        let wanted = config.outputs + 1 + latents;
        if config.inputs != wanted {
            let message = format!(
                "it takes {} channels in, and one for inpainting takes {wanted}; take such a model, or give the mask \
                 to `Sample`\nin {}",
                config.inputs,
                self.model.source.path().display()
            );
            return Err(Error::input("model", message));
        }
        let pixels = rgb_on_white(&self.image).narrow(0, 0, 1);
        let [_, _, height, width] = pixels.dims();
        let mask = moved(self.mask.coverage().narrow(0, 0, 1), &pixels.device());
        let mask = resize(mask, (height, width), Filter::Bilinear);
        let mask = mask.greater_equal_elem(0.5).float();
        // Grey, which is 0 to the autoencoder, stands for what is not known.
        let known = (pixels.clone() - 0.5) * (1.0 - mask.clone()) + 0.5;
        let latent = encoded(&self.vae, pixels, self.tile, context)?;
        let stays = encoded(&self.vae, known, self.tile, context)?.x;
        let mask = moved(corners(mask, self.vae.config.factor()), &stays.device());
        let mut model = self.model;
        model.guides.painted = Some(Painted {
            seen: Tensor::cat(vec![mask, stays], 1),
        });
        Ok(Painting { model, latent })
    }
}

/// The first pixel of each `factor` × `factor`, which is the one that models for inpainting were trained with.
fn corners(mask: Tensor<4>, factor: usize) -> Tensor<4> {
    let [batch, _, height, width] = mask.dims();
    let (rows, columns) = (height / factor, width / factor);
    mask.reshape([batch * rows, factor, columns, factor])
        .narrow(1, 0, 1)
        .narrow(3, 0, 1)
        .reshape([batch, 1, rows, columns])
}
