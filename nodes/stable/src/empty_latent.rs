//! `stable.EmptyLatent`.

use burn::tensor::Tensor;
use weft_node::{Context, Error, Inputs, Node, Result};

use crate::{Latent, Vae};

/// Begin with nothing, for `Sample` to draw a picture of that size.
///
/// Stable Diffusion 1 draws best at 512 pixels a side, 2 at 768, XL at 1024.
#[derive(Inputs)]
pub struct EmptyLatent {
    /// Width of the picture in pixels, a multiple of 8.
    #[input(default = 512, range = 8..=16384)]
    pub width: usize,
    /// Height of the picture in pixels, a multiple of 8.
    #[input(default = 512, range = 8..=16384)]
    pub height: usize,
    /// How many pictures are drawn together, each of a seed of its own.
    #[input(default = 1, range = 1..=256)]
    pub batch: usize,
    /// The autoencoder, if it is one of unusual sizes; left out, latents have 4 channels and 8 pixels a side.
    pub vae: Option<Vae>,
}

impl Node for EmptyLatent {
    const ID: &'static str = "stable.EmptyLatent";
    type Output = Latent;

    fn run(self, context: &mut Context) -> Result<Latent> {
        let vae = self.vae.as_ref().map(|vae| &vae.config);
        let factor = vae.map_or(8, |vae| vae.factor());
        let channels = vae.map_or(4, |vae| vae.latents);
        for (input, side) in [("width", self.width), ("height", self.height)] {
            if side == 0 || !side.is_multiple_of(factor) {
                let (below, above) = (side / factor * factor, side.next_multiple_of(factor));
                let message =
                    format!("{side} is not a multiple of {factor}; take {below} or {above}");
                return Err(Error::input(input, message));
            }
        }
        let shape = [
            self.batch,
            channels,
            self.height / factor,
            self.width / factor,
        ];
        Ok(Latent {
            x: Tensor::zeros(shape, context.device()),
            scale: vae.map(|vae| vae.scale),
            factor,
        })
    }
}
