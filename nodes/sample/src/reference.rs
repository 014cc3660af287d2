//! Pictures of a context as the model takes them.

use burn::tensor::{Device, Tensor};
use weft_node::value::{ColorSpace, Image};
use weft_vision::{
    color::{in_space, rgb, split_alpha},
    geometry::put,
    resample::{Filter, resize},
};

/// A picture of any size as a square one: what is clear becomes white, the longer side fits, the rest is white.
///
/// # Shapes
/// result: `[1, 3, side, side]`, sRGB-encoded, -1..=1
pub(crate) fn square(image: &Image, side: usize, device: &Device) -> Tensor<4> {
    let image = in_space(image, ColorSpace::Srgb);
    let (_, alpha) = split_alpha(image.pixels());
    let color = rgb(&image);
    let color = match alpha {
        Some(alpha) => (color - 1.0) * alpha + 1.0,
        None => color,
    };
    let [_, _, height, width] = color.dims();
    let longest = height.max(width);
    let part = |length: usize| ((length * side) as f64 / longest as f64).round() as usize;
    let size = (part(height).max(1), part(width).max(1));
    let filter = if longest > side {
        Filter::Area
    } else {
        Filter::Lanczos
    };
    let fitted = if size == (height, width) {
        color
    } else {
        resize(color, size, filter)
    };
    let white = Tensor::ones([1, 3, side, side], &fitted.device());
    let corner = ((side - size.0) / 2, (side - size.1) / 2);
    (put(white, fitted, corner) * 2.0 - 1.0).to_device(device)
}
