//! `stable.DecodeLatent`.

use burn::tensor::Tensor;
use weft_node::{
    Context, Error, Inputs, Node, Result,
    value::{ColorSpace, Image, Mask},
};
use weft_tensor::moved;
use weft_vision::{
    color::{in_space, rgb},
    resample::{Filter, resize},
};

use weft_models::stable::kl::Config;

use crate::{
    Latent, Vae,
    tiles::{Ratio, Tiles},
};

/// Make a picture of latents.
///
/// Large ones are decoded tile by tile, blended where tiles overlap. With `original` and `mask`, the pixels where the
/// mask is black are exactly those of the original, which the autoencoder alone would change a little.
#[derive(Inputs)]
pub struct DecodeLatent {
    /// The autoencoder, of the family of the latents.
    pub vae: Vae,
    /// The latents.
    pub latent: Latent,
    /// Largest side of a tile, in pixels; smaller ones need less memory, and may differ in shade.
    #[input(default = 1024, range = 64..=8192)]
    pub tile: usize,
    /// The picture that a part was drawn anew of.
    pub original: Option<Image>,
    /// What was drawn anew: white. It counts with `original` alone.
    pub mask: Option<Mask>,
}

/// How tiles lie over each other, as a part of their side.
const OVERLAP: usize = 8;

/// Smallest side of a tile that a short memory leads to, in pixels.
const LEAST: usize = 128;

impl Node for DecodeLatent {
    const ID: &'static str = "stable.DecodeLatent";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        let config = &self.vae.config;
        let channels = self.latent.x.dims()[1];
        let is_other = self.latent.scale.is_some_and(|scale| scale != config.scale);
        if is_other || channels != config.latents {
            let message = format!(
                "it is of another family than the latents; take the autoencoder of the checkpoint that drew them\nin {}",
                self.vae.source.path().display()
            );
            return Err(Error::input("vae", message));
        }
        let net = self.vae.net(context)?;
        let factor = config.factor();
        let tiles = tiles(config, self.tile, context);
        let x = moved(self.latent.x.clone(), context.device());
        let ratio = Ratio {
            into: 1,
            out: factor,
        };
        let pixels = tiles.map(x, ratio, |part, nth, total| {
            let pixels = net.picture(part) * 0.5 + 0.5;
            context.step(nth + 1, total)?;
            Ok::<_, Error>(pixels)
        })?;
        self.around(pixels.clamp(0.0, 1.0)).map(Image::new)
    }
}

/// Tiles of at most so many pixels a side, and of fewer where the adapter's memory is short.
pub(crate) fn tiles(config: &Config, most: usize, context: &Context) -> Tiles {
    let pixels = |side: usize| (side * side) as u64;
    let most = context.tile((LEAST, most), |side| config.pixel_bytes() * pixels(side));
    let side = (most / config.factor()).max(1);
    Tiles {
        side,
        overlap: side / OVERLAP,
    }
}

impl DecodeLatent {
    /// The pixels within the mask, and those of the original around it.
    fn around(&self, drawn: Tensor<4>) -> Result<Tensor<4>> {
        let (Some(original), Some(mask)) = (&self.original, &self.mask) else {
            return Ok(drawn);
        };
        let device = drawn.device();
        let original = moved(rgb(&in_space(original, ColorSpace::Srgb)), &device);
        let [_, _, height, width] = drawn.dims();
        let [_, _, tall, wide] = original.dims();
        if (tall, wide) != (height, width) {
            let message = format!(
                "it is {wide}×{tall} pixels, and the drawing {width}×{height}; take the one that was encoded"
            );
            return Err(Error::input("original", message));
        }
        let mask = resize(mask.coverage(), (height, width), Filter::Bilinear);
        let mask = moved(mask, &device);
        Ok(drawn * mask.clone() + original * (1.0 - mask))
    }
}
