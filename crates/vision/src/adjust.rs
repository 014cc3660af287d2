//! Brightness, contrast, saturation and gamma.

use burn::tensor::Tensor;
use weft_value::{ColorSpace, Image};

use crate::{
    color::{LUMA, change, in_space, join_alpha, split_alpha, weighted},
    pass::{COLOR, Pass},
};

static ADJUSTED: Pass = Pass::new(1, &[COLOR, include_str!("color/adjusted.wgsl")]);
static NEGATIVE: Pass = Pass::new(1, &[COLOR, include_str!("color/negative.wgsl")]);

/// How to change the colours of a picture; the numbers that change nothing are 0, 1, 1 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adjustment {
    /// What is added.
    pub brightness: f32,
    /// Factor of the distance from middle grey.
    pub contrast: f32,
    /// Factor of the distance from luma.
    pub saturation: f32,
    /// One over the exponent.
    pub gamma: f32,
}

/// The picture with other colours. In this order, on sRGB-encoded values x: `x + brightness`,
/// `(x - 0.5) contrast + 0.5`, `luma + (x - luma) saturation`, and, within 0..=1, `x^(1 / gamma)`. Alpha
/// stays.
pub fn adjusted(image: &Image, adjustment: Adjustment) -> Image {
    let Adjustment {
        brightness,
        contrast,
        saturation,
        gamma,
    } = adjustment;
    let [there, back] = changes(image);
    let numbers = [there, back, brightness, contrast, saturation, gamma];
    let pixels = image.pixels();
    if let Some(made) = ADJUSTED.run([&pixels], &numbers, pixels.dims()) {
        return Image::in_space(made, image.space());
    }
    let (color, alpha) = split_alpha(in_space(image, ColorSpace::Srgb).into_pixels());
    let color = moved(color, adjustment);
    let color = saturated(color, adjustment.saturation).clamp(0.0, 1.0);
    let color = if adjustment.gamma == 1.0 {
        color
    } else {
        color.powf_scalar(1.0 / adjustment.gamma)
    };
    in_space(&Image::new(join_alpha(color, alpha)), image.space())
}

/// One less each sRGB-encoded colour. Alpha stays.
pub fn negative(image: &Image) -> Image {
    let pixels = image.pixels();
    if let Some(made) = NEGATIVE.run([&pixels], &changes(image), pixels.dims()) {
        return Image::in_space(made, image.space());
    }
    let (color, alpha) = split_alpha(in_space(image, ColorSpace::Srgb).into_pixels());
    let negative = Image::new(join_alpha(color.neg() + 1.0, alpha));
    in_space(&negative, image.space())
}

/// To sRGB and back.
fn changes(image: &Image) -> [f32; 2] {
    let space = image.space();
    [
        change(space, ColorSpace::Srgb),
        change(ColorSpace::Srgb, space),
    ]
}

/// Brightness and contrast, as one factor and one sum.
fn moved(
    color: Tensor<4>,
    Adjustment {
        brightness,
        contrast,
        ..
    }: Adjustment,
) -> Tensor<4> {
    if (brightness, contrast) == (0.0, 1.0) {
        return color;
    }
    color * contrast + (brightness * contrast + 0.5 - 0.5 * contrast)
}

fn saturated(color: Tensor<4>, saturation: f32) -> Tensor<4> {
    if saturation == 1.0 || color.dims()[1] == 1 {
        return color;
    }
    let luma = weighted(color.clone(), LUMA);
    color * saturation + luma * (1.0 - saturation)
}
