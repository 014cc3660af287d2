//! `stable.EncodeLatent`.

use burn::tensor::Tensor;
use weft_node::{Context, Error, Inputs, Node, Result, value::Image};
use weft_tensor::moved;
use weft_vision::color::rgb_on_white;

use crate::{Latent, Vae, decode_latent::tiles, tiles::Ratio};

/// Make latents of a picture, for `Sample` to draw it anew.
///
/// Large ones are encoded tile by tile. What is clear is seen as white.
#[derive(Inputs)]
pub struct EncodeLatent {
    /// The autoencoder, of the family of the model.
    pub vae: Vae,
    /// The picture; both sides are multiples of 8 pixels.
    pub image: Image,
    /// Largest side of a tile, in pixels; smaller ones need less memory, and may differ in shade.
    #[input(default = 1024, range = 64..=8192)]
    pub tile: usize,
}

impl Node for EncodeLatent {
    const ID: &'static str = "stable.EncodeLatent";
    type Output = Latent;

    fn run(self, context: &mut Context) -> Result<Latent> {
        let pixels = rgb_on_white(&self.image);
        encoded(&self.vae, pixels, self.tile, context)
    }
}

/// The latents of colours of 0..=1.
///
/// # Errors
/// Their sides do not fit, or the autoencoder cannot be read.
pub(crate) fn encoded(
    vae: &Vae,
    pixels: Tensor<4>,
    tile: usize,
    context: &Context,
) -> Result<Latent> {
    let factor = vae.config.factor();
    let [_, _, height, width] = pixels.dims();
    if !(height.is_multiple_of(factor) && width.is_multiple_of(factor)) {
        let down = |side: usize| (side / factor).max(1) * factor;
        let message = format!(
            "{width}×{height} pixels are not multiples of {factor}; `Resize` or `Crop` it to {}×{}",
            down(width),
            down(height)
        );
        return Err(Error::input("image", message));
    }
    let net = vae.net(context)?;
    let tiles = tiles(&vae.config, tile, context);
    let x = moved(pixels, context.device()) * 2.0 - 1.0;
    let ratio = Ratio {
        into: factor,
        out: 1,
    };
    let x = tiles.map(x, ratio, |part, nth, total| {
        let latents = net.latents(part);
        context.step(nth + 1, total)?;
        Ok::<_, Error>(latents)
    })?;
    Ok(Latent {
        x,
        scale: Some(vae.config.scale),
        factor,
    })
}
