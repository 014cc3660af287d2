//! Colour spaces, luma, and alpha.

#[cfg(test)]
mod tests;

use burn::tensor::Tensor;
use weft_value::{ColorSpace, Image};

use crate::pass::{COLOR, Pass};

pub use crate::adjust::{Adjustment, adjusted, negative};

/// Weights of red, green and blue in luma: those of `skimage.color.rgb2gray`, Rec. 709 to three digits.
pub const LUMA: [f32; 3] = [0.2125, 0.7154, 0.0721];

static SPACE: Pass = Pass::new(1, &[COLOR, include_str!("color/space.wgsl")]);
static CHANNEL: Pass = Pass::new(1, &[COLOR, include_str!("color/channel.wgsl")]);
static SELECTED: Pass = Pass::new(1, &[COLOR, include_str!("color/selected.wgsl")]);

/// How a pass is told to bring pixels from one space to another.
pub(crate) fn change(from: ColorSpace, to: ColorSpace) -> f32 {
    match to {
        _ if from == to => 0.0,
        ColorSpace::Linear => 1.0,
        ColorSpace::Srgb => 2.0,
    }
}

/// Linear light from sRGB-encoded values (IEC 61966-2-1). Below 0 the straight part goes on.
pub fn decoded(encoded: Tensor<4>) -> Tensor<4> {
    let is_straight = encoded.clone().lower_equal_scalar(0.040_45);
    let straight = encoded.clone() / 12.92;
    let curve = ((encoded.clamp_min(0.040_45) + 0.055) / 1.055).powf_scalar(2.4);
    curve.mask_where(is_straight, straight)
}

/// sRGB-encoded values from linear light (IEC 61966-2-1). Below 0 the straight part goes on.
pub fn encoded(linear: Tensor<4>) -> Tensor<4> {
    let is_straight = linear.clone().lower_equal_scalar(0.003_130_8);
    let straight = linear.clone() * 12.92;
    let curve = linear.clamp_min(0.003_130_8).powf_scalar(1.0 / 2.4) * 1.055 - 0.055;
    curve.mask_where(is_straight, straight)
}

/// The same picture in another colour space. Alpha is no light and stays.
pub fn in_space(image: &Image, space: ColorSpace) -> Image {
    if image.space() == space {
        return image.clone();
    }
    let pixels = image.pixels();
    if let Some(made) = SPACE.run([&pixels], &[change(image.space(), space)], pixels.dims()) {
        return Image::in_space(made, space);
    }
    let (color, alpha) = split_alpha(pixels);
    let color = match space {
        ColorSpace::Linear => decoded(color),
        ColorSpace::Srgb => encoded(color),
    };
    Image::in_space(join_alpha(color, alpha), space)
}

/// How bright each pixel looks: the sum of the sRGB-encoded channels by [`LUMA`]. Alpha does not count.
///
/// # Shapes
/// result: `[batch, 1, height, width]`, 0..=1
pub fn luma(image: &Image) -> Tensor<4> {
    channel(image, Channel::Luma, false)
}

/// One number of each pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Red, sRGB-encoded.
    Red,
    /// Green, sRGB-encoded.
    Green,
    /// Blue, sRGB-encoded.
    Blue,
    /// Alpha; 1 where a picture has none.
    Alpha,
    /// [`luma`].
    Luma,
}

/// One channel of a picture, or its complement.
///
/// # Shapes
/// result: `[batch, 1, height, width]`, 0..=1
pub fn channel(image: &Image, channel: Channel, is_complement: bool) -> Tensor<4> {
    let pixels = image.pixels();
    let [batch, channels, height, width] = pixels.dims();
    if channels == 1
        && image.space() == ColorSpace::Srgb
        && channel != Channel::Alpha
        && !is_complement
    {
        return pixels;
    }
    let numbers = [
        change(image.space(), ColorSpace::Srgb),
        f32::from(channel as u8),
        f32::from(u8::from(is_complement)),
    ];
    if let Some(made) = CHANNEL.run([&pixels], &numbers, [batch, 1, height, width]) {
        return made;
    }
    let made = match channel {
        Channel::Alpha => with_channels(pixels, 4).narrow(1, 3, 1),
        Channel::Luma => {
            let (color, _) = split_alpha(in_space(image, ColorSpace::Srgb).into_pixels());
            weighted(color, LUMA)
        }
        color => rgb(image).narrow(1, color as usize, 1),
    };
    if is_complement {
        made.neg() + 1.0
    } else {
        made
    }
}

/// 1 where luma is at least `threshold`, else 0; with a softness above 0 Hermite's smooth step of that width around it.
///
/// # Shapes
/// result: `[batch, 1, height, width]`
pub fn selected(image: &Image, threshold: f32, softness: f32) -> Tensor<4> {
    let pixels = image.pixels();
    let [batch, _, height, width] = pixels.dims();
    let numbers = [change(image.space(), ColorSpace::Srgb), threshold, softness];
    if let Some(made) = SELECTED.run([&pixels], &numbers, [batch, 1, height, width]) {
        return made;
    }
    let luma = luma(image);
    if softness <= 0.0 {
        return luma.greater_equal_elem(threshold).float();
    }
    let x = ((luma - threshold) / softness + 0.5).clamp(0.0, 1.0);
    x.clone() * x.clone() * (x * -2.0 + 3.0)
}

/// Red, green and blue, sRGB-encoded, without alpha.
///
/// # Shapes
/// result: `[batch, 3, height, width]`, 0..=1
pub fn rgb(image: &Image) -> Tensor<4> {
    let (color, _) = split_alpha(in_space(image, ColorSpace::Srgb).into_pixels());
    with_channels(color, 3)
}

/// Red, green and blue as [`rgb`] gives them, on white where the picture is clear.
///
/// # Shapes
/// result: `[batch, 3, height, width]`, 0..=1
pub fn rgb_on_white(image: &Image) -> Tensor<4> {
    let pixels = in_space(image, ColorSpace::Srgb).into_pixels();
    with_channels(on_white(pixels), 3)
}

/// The colour c over white by its alpha α, `(c - 1)α + 1`: sRGB-encoded values blended as they are, as browsers do.
/// Pixels without alpha stay as they are, and nothing is clipped.
///
/// # Shapes
/// pixels: `[batch, 1, 3 or 4, height, width]`, result: `[batch, 1 or 3, height, width]`; 0..=1 where both are
pub(crate) fn on_white(pixels: Tensor<4>) -> Tensor<4> {
    match split_alpha(pixels) {
        (color, Some(alpha)) => (color - 1.0) * alpha + 1.0,
        (color, None) => color,
    }
}

/// The sum of red, green and blue by `weights`; a lone channel stays as it is.
///
/// # Shapes
/// color: `[batch, 1 or 3, height, width]`, result: `[batch, 1, height, width]`
pub(crate) fn weighted(color: Tensor<4>, weights: [f32; 3]) -> Tensor<4> {
    if color.dims()[1] == 1 {
        return color;
    }
    let [red, green, blue] = [0, 1, 2].map(|i| color.clone().narrow(1, i, 1) * weights[i]);
    red + green + blue
}

/// The channels of colour, and alpha if there is one.
///
/// # Shapes
/// pixels: `[batch, 1, 3 or 4, height, width]`, colour: `[batch, 1 or 3, height, width]`, alpha:
/// `[batch, 1, height, width]`
pub fn split_alpha(pixels: Tensor<4>) -> (Tensor<4>, Option<Tensor<4>>) {
    if pixels.dims()[1] < 4 {
        return (pixels, None);
    }
    (pixels.clone().narrow(1, 0, 3), Some(pixels.narrow(1, 3, 1)))
}

/// Puts together what [`split_alpha`] took apart.
pub fn join_alpha(color: Tensor<4>, alpha: Option<Tensor<4>>) -> Tensor<4> {
    match alpha {
        Some(alpha) => Tensor::cat(vec![color, alpha], 1),
        None => color,
    }
}

/// The same picture in at least so many channels: luma becomes red, green and blue, and alpha is 1.
///
/// # Shapes
/// pixels: `[batch, 1, 3 or 4, height, width]`, result: `[batch, channels, height, width]`
pub fn with_channels(pixels: Tensor<4>, channels: usize) -> Tensor<4> {
    let [batch, has, height, width] = pixels.dims();
    if has >= channels {
        return pixels;
    }
    let color = if has == 1 {
        pixels.repeat_dim(1, 3)
    } else {
        pixels
    };
    if channels < 4 {
        return color;
    }
    let opaque = Tensor::ones([batch, 1, height, width], &color.device());
    join_alpha(color, Some(opaque))
}

/// Applies weighted sums over pixels, such as a blur, so that each colour counts by its alpha: a clear
/// pixel gives no colour to its neighbours. Pixels without alpha go straight through `sums`.
pub fn premultiplied(pixels: Tensor<4>, sums: impl FnOnce(Tensor<4>) -> Tensor<4>) -> Tensor<4> {
    let (color, Some(alpha)) = split_alpha(pixels.clone()) else {
        return sums(pixels);
    };
    let summed = sums(join_alpha(color * alpha.clone(), Some(alpha)));
    let (color, alpha) = (summed.clone().narrow(1, 0, 3), summed.narrow(1, 3, 1));
    join_alpha(divided(color, &alpha), Some(alpha))
}

/// Straight colour, 0..=1, from that which was multiplied by its alpha: 0 where alpha is 0.
pub(crate) fn divided(color: Tensor<4>, alpha: &Tensor<4>) -> Tensor<4> {
    let is_clear = alpha.clone().lower_equal_scalar(0.0).expand(color.dims());
    let ratio = color / alpha.clone().clamp_min(f32::MIN_POSITIVE);
    ratio.clamp(0.0, 1.0).mask_fill(is_clear, 0.0)
}
