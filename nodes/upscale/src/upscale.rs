//! `upscale.Upscale`.

use burn::tensor::{Device, Tensor};
use weft_models::upscale::Tiles;
use weft_node::{
    Choice, Context, Facts, Inputs, Node, Result,
    value::{ColorSpace, File, Image},
};
use weft_vision::{
    color::{in_space, join_alpha, luma, rgb, split_alpha},
    resample::{Filter, resize},
};

use crate::{
    fidelity::held,
    fill::filled,
    size::{Wanted, allowed},
    weights::{self, network},
};

/// The factor of `Lanczos` where nothing else is asked for: that of the shipped network.
const USUAL_SCALE: f64 = 4.0;

/// How a picture is enlarged.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum UpscaleMethod {
    /// A network that draws sharp outlines: the shipped one, which is of the kind Compact, or that of `model`.
    Compact,
    /// A windowed sinc: true to what is there and soft, in an instant. `Resize` has more such filters.
    Lanczos,
}

/// Enlarge a picture and keep it sharp.
///
/// The shipped network, realesr-animevideov3 (Real-ESRGAN, Wang et al. 2021), was trained to enlarge drawings
/// four times. Outlines come out crisp; the texture of photographs is partly smoothed away, so `Lanczos` may
/// suit them better. A size other than four times comes from the network's picture, by Lanczos. Pictures
/// of any size are worked on tile by tile, and no seam shows. Transparency is kept, and enlarged by Lanczos.
#[derive(Inputs)]
pub struct Upscale {
    /// Picture to enlarge.
    pub image: Image,
    /// Factor for both sides; left out, the network's own, which is 4 for the shipped one.
    #[input(range = 0.01..=16.0)]
    pub scale: Option<f64>,
    /// Wanted width in pixels; it counts before the factor, and alone it keeps the shape.
    #[input(range = 1..=65535)]
    pub width: Option<i64>,
    /// Wanted height in pixels; it counts before the factor, and alone it keeps the shape.
    #[input(range = 1..=65535)]
    pub height: Option<i64>,
    /// How it is enlarged.
    #[input(default = UpscaleMethod::Compact)]
    pub method: UpscaleMethod,
    /// How far colours and shades are held to those of the picture, with `Compact`: 0 leaves what the network
    /// drew, which is crisper and cleaner; 1 keeps fine details and soft shades.
    #[input(default = 1.0, range = 0.0..=1.0)]
    pub fidelity: f32,
    /// Weights of another network, a safetensors file of ESRGAN or Real-ESRGAN, Compact, SPAN, SwinIR or HAT; its
    /// keys tell which. Left out, the shipped one.
    pub model: Option<File>,
    /// Largest side of a tile, in pixels. With the shipped network it changes no more than the last digit of a
    /// pixel, with deep ones a little more; smaller tiles need less memory and more time.
    #[input(default = 256, range = 16..=4096)]
    pub tile: i64,
}

impl Node for Upscale {
    const ID: &'static str = "upscale.Upscale";
    type Output = Image;

    fn check(facts: &Facts<'_>) -> Result<()> {
        match facts.get::<File>("model") {
            Some(model) => network(Some(&model), &Device::flex()).map(|_| ()),
            None => Ok(()),
        }
    }

    fn run(self, context: &mut Context) -> Result<Image> {
        let [batch, _, height, width] = self.image.dims();
        allowed(batch, (height, width))?;
        let space = self.image.space();
        let image = in_space(&self.image, ColorSpace::Srgb);
        let large = match self.method {
            UpscaleMethod::Compact => self.drawn(&image, context)?,
            UpscaleMethod::Lanczos => {
                let size = self.wanted(USUAL_SCALE).size((height, width));
                allowed(batch, size)?;
                resize(image.into_pixels(), size, Filter::Lanczos)
            }
        };
        Ok(in_space(&Image::new(large), space))
    }
}

/// Smallest side of a tile that a short memory leads to, in pixels.
const LEAST: usize = 32;

impl Upscale {
    fn wanted(&self, own: f64) -> Wanted {
        Wanted {
            width: self.width,
            height: self.height,
            scale: self.scale.unwrap_or(own),
        }
    }

    /// The pixels of an sRGB-encoded picture, enlarged by the network.
    fn drawn(&self, image: &Image, context: &Context) -> Result<Tensor<4>> {
        let network = weights::held(self.model.as_ref(), &image.device(), context)?;
        let [batch, channels, height, width] = image.dims();
        let own = network.scale();
        let size = self.wanted(own as f64).size((height, width));
        allowed(
            batch,
            (height.saturating_mul(own), width.saturating_mul(own)),
        )?;
        allowed(batch, size)?;
        let tiles = Tiles {
            side: context.tile((LEAST, self.tile.max(1) as usize), |side| {
                network.pixel_bytes() * (side * side) as u64
            }),
            overlap: network.overlap(),
        };
        let step = |done, total| context.step(done, total);
        let (_, alpha) = split_alpha(image.pixels());
        let color = rgb(&Image::new(filled(image.pixels())));
        let large = network.enlarge(color.clone(), tiles, step)?.clamp(0.0, 1.0);
        let large = held(large, color, self.fidelity);
        let large = if channels == 1 {
            luma(&Image::new(large))
        } else {
            large
        };
        let large = resize(large, size, Filter::Lanczos);
        Ok(join_alpha(
            large,
            alpha.map(|alpha| resize(alpha, size, Filter::Lanczos)),
        ))
    }
}
