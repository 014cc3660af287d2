//! Pictures made from nothing: plain colour, gradients.

#[cfg(test)]
mod tests;

use burn::tensor::{Device, Float, Tensor, TensorData};
use weft_tensor::constant;
use weft_value::{ColorSpace, Image};

use crate::{
    color::{change, divided, join_alpha, luma, split_alpha},
    pass::{COLOR, Pass},
};

static DUOTONE: Pass = Pass::new(1, &[COLOR, include_str!("paint/duotone.wgsl")]);
static GRADIENT: Pass = Pass::new(0, &[COLOR, include_str!("paint/gradient.wgsl")]);

/// A plane of one colour, a value for each channel.
///
/// # Shapes
/// returns `[batch, channels, height, width]`
pub fn solid(
    batch: usize,
    (height, width): (usize, usize),
    color: &[f32],
    device: &Device,
) -> Tensor<4> {
    let channels = color.len();
    let color = constant::<4, Float>(TensorData::new(color.to_vec(), [1, channels, 1, 1]), device);
    color.expand([batch, channels, height, width])
}

/// How far along a straight line each pixel's centre is, 0 at one corner of the picture and 1 at the
/// opposite one; the line points `degrees` from the right downwards.
///
/// # Shapes
/// returns `[1, 1, height, width]`
pub fn along_line((height, width): (usize, usize), degrees: f32, device: &Device) -> Tensor<4> {
    let (down, right) = degrees.to_radians().sin_cos();
    let half = (height as f32 * down.abs() + width as f32 * right.abs()) / 2.0;
    let (y, x) = centered((height, width), device);
    ((y * down + x * right) / (2.0 * half) + 0.5).clamp(0.0, 1.0)
}

/// How far from the middle each pixel's centre is, 0 there and 1 at the corners.
///
/// # Shapes
/// returns `[1, 1, height, width]`
pub fn from_middle((height, width): (usize, usize), device: &Device) -> Tensor<4> {
    let (y, x) = centered((height, width), device);
    let far = (height as f32).hypot(width as f32) / 2.0;
    ((y.clone() * y + x.clone() * x).sqrt() / far).clamp(0.0, 1.0)
}

/// The centres of pixels, `[1, 1, height, 1]` and `[1, 1, 1, width]`, from the middle of the picture.
fn centered((height, width): (usize, usize), device: &Device) -> (Tensor<4>, Tensor<4>) {
    let places = |length: usize| -> Vec<f32> {
        (0..length)
            .map(|i| i as f32 + 0.5 - length as f32 / 2.0)
            .collect()
    };
    let y = constant(TensorData::new(places(height), [1, 1, height, 1]), device);
    let x = constant(TensorData::new(places(width), [1, 1, 1, width]), device);
    (y, x)
}

/// Between colours `from` (where `amount` is 0) and `to` (where it is 1), a value for each channel. A fourth
/// is alpha: each colour counts by its own, so that what is clear gives no colour.
///
/// # Shapes
/// amount: `[batch, 1, height, width]`, returns `[batch, channels, height, width]`
pub fn between(amount: Tensor<4>, from: &[f32], to: &[f32]) -> Tensor<4> {
    let [batch, _, height, width] = amount.dims();
    let device = amount.device();
    let [from, to] = [from, to]
        .map(weighed)
        .map(|color| solid(batch, (height, width), &color, &device));
    let mixed = from.clone() + (to - from) * amount;
    match split_alpha(mixed) {
        (color, Some(alpha)) => join_alpha(divided(color, &alpha), Some(alpha)),
        (color, None) => color,
    }
}

/// How a gradient runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Run {
    /// [`along_line`], pointing so many degrees from the right downwards.
    Line(f32),
    /// [`from_middle`].
    Middle,
}

/// From one colour to another, as [`between`] has it: three values each, or four.
///
/// # Shapes
/// returns `[1, channels, height, width]`
pub fn gradient(size: (usize, usize), run: Run, colors: [&[f32]; 2], device: &Device) -> Tensor<4> {
    let [from, to] = colors;
    let (height, width) = (size.0 as f32, size.1 as f32);
    let [kind, down, right, length] = match run {
        Run::Line(degrees) => {
            let (down, right) = degrees.to_radians().sin_cos();
            [0.0, down, right, height * down.abs() + width * right.abs()]
        }
        Run::Middle => [1.0, 0.0, 0.0, height.hypot(width) / 2.0],
    };
    let has_alpha = f32::from(u8::from(from.len() == 4));
    let mut numbers = vec![kind, down, right, length, has_alpha];
    for color in colors {
        numbers.extend(weighed(color));
        numbers.extend((color.len()..4).map(|_| 1.0));
    }
    let shape = [1, from.len(), size.0, size.1];
    if let Some(made) = GRADIENT.make(&numbers, shape, device) {
        return made;
    }
    let amount = match run {
        Run::Line(degrees) => along_line(size, degrees, device),
        Run::Middle => from_middle(size, device),
    };
    between(amount, from, to)
}

/// The picture in two colours, by its luma; alpha stays. The result is sRGB-encoded.
pub fn duotone(image: &Image, shadows: [f32; 3], highlights: [f32; 3]) -> Image {
    let pixels = image.pixels();
    let [batch, channels, height, width] = pixels.dims();
    let mut numbers = vec![change(image.space(), ColorSpace::Srgb)];
    numbers.extend(shadows.into_iter().chain(highlights));
    if let Some(made) = DUOTONE.run([&pixels], &numbers, [batch, channels.max(3), height, width]) {
        return Image::new(made);
    }
    let color = between(luma(image), &shadows, &highlights);
    Image::new(join_alpha(color, split_alpha(pixels).1))
}

/// A colour times its alpha, if it has one.
fn weighed(color: &[f32]) -> Vec<f32> {
    match *color {
        [red, green, blue, alpha] => vec![red * alpha, green * alpha, blue * alpha, alpha],
        _ => color.to_vec(),
    }
}
