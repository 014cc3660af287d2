//! `picture.Pad`.

use weft_node::{
    Choice, Context, Inputs, Node, Result,
    value::{Color, ColorSpace, Image},
};
use weft_vision::{
    color::in_space,
    geometry::{self, Border, Margins},
};

use crate::{size::allowed_each, solid::channels};

/// What a margin is made of.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum PadFill {
    /// One colour.
    Color,
    /// The outermost pixels again and again.
    Edge,
    /// The picture mirrored.
    Mirror,
}

/// Add margins to a picture.
#[derive(Inputs)]
pub struct Pad {
    /// Picture to extend.
    pub image: Image,
    /// Margin above, in pixels.
    #[input(default = 0, range = 0..=65535)]
    pub top: usize,
    /// Margin to the right, in pixels.
    #[input(default = 0, range = 0..=65535)]
    pub right: usize,
    /// Margin below, in pixels.
    #[input(default = 0, range = 0..=65535)]
    pub bottom: usize,
    /// Margin to the left, in pixels.
    #[input(default = 0, range = 0..=65535)]
    pub left: usize,
    /// What the margin is made of.
    #[input(default = PadFill::Color)]
    pub fill: PadFill,
    /// Colour of the margin.
    #[input(default = "#000000")]
    pub color: Color,
}

impl Node for Pad {
    const ID: &'static str = "picture.Pad";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let Self {
            image,
            top,
            right,
            bottom,
            left,
            ..
        } = self;
        let margins = Margins {
            top,
            right,
            bottom,
            left,
        };
        let long = |side: usize, before: usize| side.saturating_add(before);
        let height = long(long(image.height(), top), bottom);
        let width = long(long(image.width(), left), right);
        allowed_each(image.batch(), (height, width))?;
        let space = image.space();
        // The colour of the margin is encoded.
        let pixels = in_space(&image, ColorSpace::Srgb).into_pixels();
        let padded = match self.fill {
            PadFill::Edge => geometry::pad(pixels, margins, Border::Edge),
            PadFill::Mirror => geometry::pad(pixels, margins, Border::Mirror),
            PadFill::Color => {
                let count = pixels.dims()[1].max(channels(&self.color));
                geometry::pad_with(pixels, margins, &self.color.0[..count])
            }
        };
        Ok(in_space(&Image::new(padded), space))
    }
}
