//! Bytes to pictures and back. The files come from Pillow by `fixtures/make_codec.py`, which makes their
//! pixels by the formulas repeated here.

mod reading;
mod refusing;
mod texts;
mod writing;

use burn::tensor::{Device, Tensor, TensorData};
use weft_value::Image;

use super::{Decoded, decode};

const WIDTH: usize = 24;
const HEIGHT: usize = 16;

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/fixtures/codec/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

fn read(name: &str) -> Decoded {
    decode(&fixture(name), &Device::flex()).unwrap()
}

fn numbers(image: &Image) -> Vec<f32> {
    image.pixels().into_data().try_to_vec().unwrap()
}

fn image(numbers: Vec<f32>, shape: [usize; 4]) -> Image {
    Image::new(Tensor::from_data(
        TensorData::new(numbers, shape),
        &Device::flex(),
    ))
}

/// Planes of whole numbers `at(channel, x, y)`.
fn planes(channels: usize, at: impl Fn(usize, usize, usize) -> usize) -> Vec<usize> {
    let at = &at;
    (0..channels)
        .flat_map(|c| (0..HEIGHT).flat_map(move |y| (0..WIDTH).map(move |x| at(c, x, y))))
        .collect()
}

/// Red, green, blue and alpha of the lossless fixtures.
fn rgba(channel: usize, x: usize, y: usize) -> usize {
    [10 * x, 15 * y, 3 * x + 5 * y, 255 - 7 * x][channel]
}

/// Grey of the lossless fixtures, with alpha as the fourth channel.
fn grey(channel: usize, x: usize, y: usize) -> usize {
    if channel == 3 {
        rgba(3, x, y)
    } else {
        10 * x + y
    }
}

/// The same with sixteen bits.
fn wide(eight: usize, x: usize) -> usize {
    eight * 257 + x
}
