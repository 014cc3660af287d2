//! Values and folders for tests.

use std::{path::Path, sync::Arc};

use burn::tensor::{Device, Tensor, TensorData};
use weft_value::{AnyValue, ColorSpace, Digest, Image, Mask, Saved, TYPES};

use crate::{Limits, Store};

pub(crate) const ROOMY: Limits = Limits {
    memory_bytes: 1 << 30,
    disk_bytes: 1 << 30,
};

/// No memory, so that everything comes from disk.
pub(crate) const DISK_ONLY: Limits = Limits {
    memory_bytes: 0,
    disk_bytes: 1 << 30,
};

pub(crate) fn open(folder: &Path, limits: Limits) -> Store {
    Store::open(folder, limits, TYPES.to_vec()).unwrap()
}

pub(crate) fn key(number: u64) -> Digest {
    Digest::of(&number.to_le_bytes())
}

pub(crate) fn text(text: &str) -> Arc<[AnyValue]> {
    [AnyValue::new(text.to_owned())].into()
}

/// A text of that many bytes.
pub(crate) fn long_text(bytes: usize) -> Arc<[AnyValue]> {
    text(&"x".repeat(bytes))
}

/// Pseudo-random numbers (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A tensor of every kind of `f32`: small, huge, negative, subnormal, infinite, not a number.
pub(crate) fn pixels(shape: [usize; 4]) -> Tensor<4> {
    let mut random = Random(7);
    let elements: Vec<f32> = (0..shape.iter().product())
        .map(|_| f32::from_bits(random.next() as u32))
        .collect();
    Tensor::from_data(TensorData::new(elements, shape), &Device::flex())
}

pub(crate) fn image(side: usize) -> AnyValue {
    AnyValue::new(Image::in_space(
        pixels([2, 3, side, side]),
        ColorSpace::Linear,
    ))
}

pub(crate) fn mask(side: usize) -> AnyValue {
    AnyValue::new(Mask::new(pixels([1, 1, side, side])))
}

/// Writes a file and gives the receipt.
pub(crate) fn receipt(path: &Path, content: &[u8]) -> AnyValue {
    std::fs::write(path, content).unwrap();
    AnyValue::new(Saved {
        path: path.to_owned(),
        content: Digest::of(content),
        bytes: content.len() as u64,
    })
}

/// The bits of every value, which tell more than equality does: NaN is equal to itself.
pub(crate) fn bits(outputs: &[AnyValue]) -> Vec<(String, Vec<u8>)> {
    outputs
        .iter()
        .map(|value| {
            let bytes = value.encode().unwrap().as_bytes().to_vec();
            (value.type_name().to_string(), bytes)
        })
        .collect()
}

/// The text in the first output.
pub(crate) fn first_text(outputs: &[AnyValue]) -> &str {
    outputs[0].get::<String>().unwrap()
}
