//! Pictures of a context as the model takes them.

use burn::tensor::{Device, Tensor};
use weft_node::{
    Error, Result,
    value::{ColorSpace, Image},
};
use weft_vision::{
    color::{in_space, on_white},
    geometry::put,
    resample::{Filter, resize},
};

/// A picture of any size as a square one: the longer side fits and the rest is white, as is what is clear. Edges
/// and masks, which are white on black, get a black rest, and thin lines of theirs stay bright when they shrink.
///
/// # Shapes
/// result: `[1, 3, side, side]`, sRGB-encoded, -1..=1
///
/// # Errors
/// The device does not give the pixels back.
pub(crate) fn square(image: &Image, side: usize, device: &Device) -> Result<Tensor<4>> {
    let image = in_space(image, ColorSpace::Srgb);
    let color = on_white(&image);
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
    let is_map = is_map(&image)?;
    if is_map {
        // A line of one pixel would fade by as much as the picture shrinks.
        fitted = (fitted * (longest as f64 / side as f64).max(1.0)).clamp(0.0, 1.0);
    }
    let ground = if is_map { 0.0 } else { 1.0 };
    let ground = Tensor::full([1, 3, side, side], ground, &fitted.device());
    let corner = ((side - size.0) / 2, (side - size.1) / 2);
    Ok((put(ground, fitted, corner) * 2.0 - 1.0).to_device(device))
}

/// Whether a picture is a map of edges or a mask: of one channel, black and white only, and mostly black along
/// its border.
fn is_map(image: &Image) -> Result<bool> {
    let [_, channels, height, width] = image.dims();
    if channels != 1 {
        return Ok(false);
    }
    let lost = |why: String| Error::Io(format!("the device did not give the pixels back: {why}"));
    let data = image.pixels().try_into_data();
    let data = data.map_err(|why| lost(format!("{why:?}")))?;
    let values: Vec<f32> = data
        .convert::<f32>()
        .try_to_vec()
        .map_err(|why| lost(format!("{why:?}")))?;
    if values.iter().any(|value| *value != 0.0 && *value != 1.0) {
        return Ok(false);
    }
    let is_border = |place: usize| {
        let (y, x) = (place / width, place % width);
        y == 0 || x == 0 || y + 1 == height || x + 1 == width
    };
    let border = values
        .iter()
        .enumerate()
        .filter(|(place, _)| is_border(*place));
    let (white, all) = border.fold((0, 0), |(white, all), (_, value)| {
        (white + usize::from(*value == 1.0), all + 1)
    });
    Ok(2 * white < all)
}
