//! `stable.LatentUpscale`.

use weft_node::{Choice, Context, Error, Inputs, Node, Result};
use weft_vision::resample::{Filter, resize};

use crate::Latent;

/// How latents of another size are made.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum LatentFilter {
    /// The nearest one.
    Nearest,
    /// The mean of the area.
    Area,
    /// Straight between neighbours.
    Bilinear,
    /// Keys' cubic.
    Bicubic,
}

impl From<LatentFilter> for Filter {
    fn from(filter: LatentFilter) -> Self {
        match filter {
            LatentFilter::Nearest => Self::Nearest,
            LatentFilter::Area => Self::Area,
            LatentFilter::Bilinear => Self::Bilinear,
            LatentFilter::Bicubic => Self::Bicubic,
        }
    }
}

/// Enlarge latents, for a second `Sample` to draw the details.
///
/// The result is blurred until it is drawn over with a `denoise` of some 0.5. `Upscale` enlarges pictures instead.
#[derive(Inputs)]
pub struct LatentUpscale {
    /// The latents.
    pub latent: Latent,
    /// Factor for both sides.
    #[input(default = 2.0, range = 0.1..=8.0)]
    pub scale: f64,
    /// How they are made.
    #[input(default = LatentFilter::Bilinear)]
    pub filter: LatentFilter,
}

/// Latents along a side, at most.
const MOST: f64 = 4096.0;

impl Node for LatentUpscale {
    const ID: &'static str = "stable.LatentUpscale";
    type Output = Latent;

    fn run(self, _: &mut Context) -> Result<Latent> {
        let x = self.latent.x.clone();
        let [batch, channels, height, width] = x.dims();
        let side = |side: usize| (side as f64 * self.scale).round().max(1.0);
        let (tall, wide) = (side(height), side(width));
        if tall > MOST || wide > MOST {
            let message = format!("{wide}×{tall} latents are too many; at most {MOST} a side");
            return Err(Error::input("scale", message));
        }
        let size = (tall as usize, wide as usize);
        // Filters that overshoot hold pictures within 0..=1, so the latents are brought well within it; a channel alone
        // is no colour beside an alpha.
        let rows = x.reshape([batch * channels, 1, height, width]);
        let (least, most) = (rows.clone().min(), rows.clone().max());
        let span = (most - least.clone()).clamp_min(1e-6).reshape([1, 1, 1, 1]) * 2.0;
        let least = least.reshape([1, 1, 1, 1]);
        let within = (rows - least.clone()) / span.clone() + 0.25;
        let large = (resize(within, size, self.filter.into()) - 0.25) * span + least;
        Ok(self
            .latent
            .with(large.reshape([batch, channels, size.0, size.1])))
    }
}
