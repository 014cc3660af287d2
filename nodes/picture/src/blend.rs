//! `picture.Blend`.

use weft_node::{
    Choice, Context, Inputs, Node, Result,
    value::{ColorSpace, Image},
};
use weft_vision::blend::{Coverage, Mode, laid};

use crate::size::alike;

/// How two colours make one.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum BlendMode {
    /// The upper picture.
    Normal,
    /// The product: darkens.
    Multiply,
    /// The complement of the product of the complements: brightens.
    Screen,
    /// `Multiply` in the dark, `Screen` in the light, by the lower picture.
    Overlay,
    /// `Multiply` in the dark, `Screen` in the light, by the upper picture.
    HardLight,
    /// A soft `HardLight`.
    SoftLight,
    /// The darker colour.
    Darken,
    /// The lighter colour.
    Lighten,
    /// How far the colours are apart.
    Difference,
    /// A soft `Difference`.
    Exclusion,
    /// The sum.
    Add,
    /// The lower picture less the upper.
    Subtract,
    /// The lower picture brightened by the upper.
    Dodge,
    /// The lower picture darkened by the upper.
    Burn,
    /// The lower picture in the hue of the upper.
    Hue,
    /// The lower picture in the saturation of the upper.
    Saturation,
    /// The lower picture in the hue and saturation of the upper.
    Color,
    /// The lower picture in the luminosity of the upper.
    Luminosity,
}

/// The numbers that are blended.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum BlendSpace {
    /// Encoded, as picture editors do.
    Srgb,
    /// Proportional to light, as lenses do.
    Linear,
}

/// Blend one picture with another.
///
/// Modes and alpha are those of the W3C's "Compositing and Blending".
#[derive(Inputs)]
pub struct Blend {
    /// Upper picture.
    pub over: Image,
    /// Lower picture, of the same size.
    pub under: Image,
    /// How two colours make one.
    #[input(default = BlendMode::Normal)]
    pub mode: BlendMode,
    /// How much of the upper picture there is.
    #[input(default = 1.0, range = 0.0..=1.0)]
    pub opacity: f32,
    /// The numbers that are blended.
    #[input(default = BlendSpace::Srgb)]
    pub space: BlendSpace,
}

impl Node for Blend {
    const ID: &'static str = "picture.Blend";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        alike("over", self.over.dims(), self.under.dims())?;
        let space = if self.space == BlendSpace::Linear {
            ColorSpace::Linear
        } else {
            ColorSpace::Srgb
        };
        let coverage = Coverage::Everywhere(self.opacity);
        Ok(laid(
            &self.over,
            &self.under,
            coverage,
            (mode(self.mode), space),
        ))
    }
}

fn mode(mode: BlendMode) -> Mode {
    match mode {
        BlendMode::Normal => Mode::Normal,
        BlendMode::Multiply => Mode::Multiply,
        BlendMode::Screen => Mode::Screen,
        BlendMode::Overlay => Mode::Overlay,
        BlendMode::HardLight => Mode::HardLight,
        BlendMode::SoftLight => Mode::SoftLight,
        BlendMode::Darken => Mode::Darken,
        BlendMode::Lighten => Mode::Lighten,
        BlendMode::Difference => Mode::Difference,
        BlendMode::Exclusion => Mode::Exclusion,
        BlendMode::Add => Mode::Add,
        BlendMode::Subtract => Mode::Subtract,
        BlendMode::Dodge => Mode::Dodge,
        BlendMode::Burn => Mode::Burn,
        BlendMode::Hue => Mode::Hue,
        BlendMode::Saturation => Mode::Saturation,
        BlendMode::Color => Mode::Color,
        BlendMode::Luminosity => Mode::Luminosity,
    }
}
