//! Pictures made from nothing: plain colour, gradients.

#[cfg(test)]
mod tests;

use burn::tensor::{Device, Float, Tensor, TensorData};
use weft_tensor::constant;

use crate::color::{divided, join_alpha, split_alpha};

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

/// A colour times its alpha, if it has one.
fn weighed(color: &[f32]) -> Vec<f32> {
    match *color {
        [red, green, blue, alpha] => vec![red * alpha, green * alpha, blue * alpha, alpha],
        _ => color.to_vec(),
    }
}
