//! Pictures of a context as the model takes them.

use burn::tensor::{Device, Tensor};
use weft_node::value::{ColorSpace, Image};
use weft_tensor::moved;
use weft_vision::{
    color::{in_space, rgb_on_white},
    geometry::put,
    resample::{Filter, resize},
};

/// A picture of any size as a square one: the longer side fits and the rest is white, as is what is clear. Edges
/// and masks, which are white on black, get a black rest, and thin lines of theirs stay bright when they shrink.
///
/// # Shapes
/// result: `[1, 3, side, side]`, sRGB-encoded, -1..=1
pub(crate) fn square(image: &Image, side: usize, device: &Device) -> Tensor<4> {
    let image = in_space(image, ColorSpace::Srgb);
    let color = rgb_on_white(&image);
    let [_, _, height, width] = color.dims();
    let longest = height.max(width);
    let part = |length: usize| ((length * side) as f64 / longest as f64).round() as usize;
    let size = (part(height).max(1), part(width).max(1));
    let filter = if longest > side {
        Filter::Area
    } else {
        Filter::Lanczos
    };
    let mut fitted = if size == (height, width) {
        color
    } else {
        resize(color, size, filter)
    };
    let mut ground = Tensor::ones([1, 3, side, side], &fitted.device());
    if let Some(map) = map(&image) {
        // A line of one pixel would fade by as much as the picture shrinks.
        let bright = (fitted.clone() * (longest as f64 / side as f64).max(1.0)).clamp(0.0, 1.0);
        fitted = bright * map.clone() + fitted * (1.0 - map.clone());
        ground = ground - map;
    }
    let corner = ((side - size.0) / 2, (side - size.1) / 2);
    moved(put(ground, fitted, corner) * 2.0 - 1.0, device)
}

/// 1 if a picture is a map of edges or a mask, else 0: of one channel, black and white only, and mostly black along
/// its border. The answer stays on the device, so that nothing comes back to the host for it.
///
/// # Shapes
/// result: `[1, 1, 1, 1]`
fn map(image: &Image) -> Option<Tensor<4>> {
    let x = image.pixels();
    let [batch, channels, height, width] = x.dims();
    if channels != 1 {
        return None;
    }
    let count = |x: Tensor<4>| x.sum().reshape([1, 1, 1, 1]);
    let white = x.clone().equal_elem(1.0).float();
    let grey = 1.0 - white.clone() - x.equal_elem(0.0).float();
    let mut border = count(white.clone());
    let mut pixels = batch * height * width;
    if height > 2 && width > 2 {
        let within = white.narrow(2, 1, height - 2).narrow(3, 1, width - 2);
        border = border - count(within);
        pixels -= batch * (height - 2) * (width - 2);
    }
    let is_plain = count(grey).equal_elem(0.0).float();
    let is_dark = (border * 2.0).lower_elem(pixels as f32).float();
    Some(is_plain * is_dark)
}
