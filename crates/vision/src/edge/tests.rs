//! Edges: what must hold by mathematics, and what scikit-image finds.

mod gradients;
mod hysteresis;
mod photographs;
mod thinning;

use burn::tensor::{Device, Tensor, TensorData};

/// Luma of one picture, from its rows.
fn picture(
    device: &Device,
    height: usize,
    width: usize,
    luma: impl Fn(usize, usize) -> f32,
) -> Tensor<4> {
    let at = |i: usize| luma(i / width, i % width);
    let pixels: Vec<f32> = (0..height * width).map(at).collect();
    Tensor::from_data(TensorData::new(pixels, [1, 1, height, width]), device)
}

/// A picture drawn in characters: `#` is 1, a digit is a tenth, anything else is 0.
fn drawn(device: &Device, rows: &[&str]) -> Tensor<4> {
    let value = |c: u8| match c {
        b'#' => 1.0,
        b'0'..=b'9' => f32::from(c - b'0') / 10.0,
        _ => 0.0,
    };
    let width = rows[0].len();
    picture(device, rows.len(), width, |y, x| {
        value(rows[y].as_bytes()[x])
    })
}
