//! Colour spaces, luma, and alpha.

#[cfg(test)]
mod tests;

use burn::tensor::Tensor;
use weft_value::{ColorSpace, Image};

pub use crate::adjust::{Adjustment, adjusted};

/// Weights of red, green and blue in luma: those of `skimage.color.rgb2gray`, Rec. 709 to three digits.
pub const LUMA: [f32; 3] = [0.2125, 0.7154, 0.0721];

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
    let (color, alpha) = split_alpha(image.pixels());
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
    let (color, _) = split_alpha(in_space(image, ColorSpace::Srgb).into_pixels());
    weighted(color, LUMA)
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
