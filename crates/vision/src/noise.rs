//! Random numbers that are the same on every device: Philox 4x32-10 (Salmon et al. 2011, "Parallel random
//! numbers: as easy as 1, 2, 3").

use std::sync::LazyLock;

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::{IndexedParallelIterator, ParallelIterator, ParallelSliceMut};
use weft_tensor::{Extent, Shader, constant};

use crate::pass::run_on;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The four numbers at place `counter` of the sequence of `key`.
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let mut x = counter;
    let mut key = key;
    for _ in 0..10 {
        let [first, second] =
            [(0, 0), (1, 2)].map(|(i, at)| u64::from(MULTIPLIERS[i]) * u64::from(x[at]));
        x = [
            (second >> 32) as u32 ^ x[1] ^ key[0],
            second as u32,
            (first >> 32) as u32 ^ x[3] ^ key[1],
            first as u32,
        ];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    x
}

/// Counters that one thread takes at a time.
const STRETCH: usize = 1 << 12;

/// `count` numbers of a seed, in order, four from each counter; any part of them can be made alone.
fn numbers(count: usize, seed: u64, four: impl Fn([u32; 4]) -> [f32; 4] + Sync) -> Vec<f32> {
    let key = [seed as u32, (seed >> 32) as u32];
    let mut numbers = vec![0.0; count.next_multiple_of(4)];
    numbers
        .par_chunks_mut(4 * STRETCH)
        .enumerate()
        .for_each(|(stretch, numbers)| {
            for (i, numbers) in numbers.chunks_exact_mut(4).enumerate() {
                let counter = (stretch * STRETCH + i) as u64;
                let bits = philox([counter as u32, (counter >> 32) as u32, 0, 0], key);
                numbers.copy_from_slice(&four(bits));
            }
        });
    numbers.truncate(count);
    numbers
}

static PROGRAM: LazyLock<Option<Shader>> =
    LazyLock::new(|| Shader::new(include_str!("noise/noise.wgsl")).ok());

/// The same numbers, counted where they will lie, if that is a graphics adapter: uniform ones to the bit, normal ones to
/// some 1e-6.
fn counted_there(
    shape: [usize; 4],
    seed: u64,
    is_normal: bool,
    device: &Device,
) -> Option<Tensor<4>> {
    let count: usize = shape.iter().product();
    if !run_on(device) || u32::try_from(count).is_err() {
        return None;
    }
    let part = |number: u64, place: u32| (number >> (16 * place) & 0xffff) as f32;
    let given = [
        part(seed, 0),
        part(seed, 1),
        part(seed, 2),
        part(seed, 3),
        f32::from(u8::from(is_normal)),
        part(count as u64, 1),
        part(count as u64, 0),
    ];
    let calls = count.div_ceil(4);
    let extent = Extent { shape, calls };
    PROGRAM.as_ref()?.run(&[], &given, extent, device).ok()
}

/// Uniform numbers from 0 up to, and without, 1.
///
/// # Shapes
/// returns `shape`
pub fn uniform(shape: [usize; 4], seed: u64, device: &Device) -> Tensor<4> {
    if let Some(made) = counted_there(shape, seed, false, device) {
        return made;
    }
    let values = numbers(shape.iter().product(), seed, |bits| bits.map(unit));
    constant(TensorData::new(values, shape), device)
}

/// Normal numbers of mean 0 and deviation 1, by pairs (Box and Muller 1958).
///
/// # Shapes
/// returns `shape`
pub fn normal(shape: [usize; 4], seed: u64, device: &Device) -> Tensor<4> {
    if let Some(made) = counted_there(shape, seed, true, device) {
        return made;
    }
    let pair = |first: u32, second: u32| {
        // One minus a number below 1 is never 0, whose logarithm is infinite.
        let radius = (-2.0 * (1.0 - f64::from(unit(first))).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * f64::from(unit(second))).sin_cos();
        [(radius * cos) as f32, (radius * sin) as f32]
    };
    let values = numbers(shape.iter().product(), seed, |bits| {
        let [[a, b], [c, d]] = [pair(bits[0], bits[1]), pair(bits[2], bits[3])];
        [a, b, c, d]
    });
    constant(TensorData::new(values, shape), device)
}

/// 24 bits as a number from 0 up to, and without, 1.
fn unit(bits: u32) -> f32 {
    (bits >> 8) as f32 / (1u32 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the known-answer file of Random123, the authors' library.
    #[test]
    fn numbers_are_those_of_its_authors() {
        assert_eq!(
            philox([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        let ones = u32::MAX;
        assert_eq!(
            philox([ones; 4], [ones; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        let counter = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        let key = [0xa409_3822, 0x299f_31d0];
        assert_eq!(
            philox(counter, key),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_deviation_one() {
        let values = normal([1, 1, 100, 1001], 7, &Device::flex())
            .into_data()
            .try_to_vec::<f32>()
            .unwrap();
        let count = values.len() as f64;
        let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / count;
        let variance = values
            .iter()
            .map(|v| (f64::from(*v) - mean).powi(2))
            .sum::<f64>()
            / count;
        assert!(
            mean.abs() < 0.015 && (variance - 1.0).abs() < 0.02,
            "mean {mean}, variance {variance}"
        );
    }

    #[test]
    fn a_longer_run_starts_with_a_shorter_one() {
        let first = |count| {
            uniform([1, 1, 1, count], 3, &Device::flex())
                .into_data()
                .try_to_vec::<f32>()
                .unwrap()
        };
        let long = first(70_001);
        assert!(long.starts_with(&first(20_003)));
        let key = [3, 0];
        let last = philox([17_500, 0, 0, 0], key)[0];
        assert_eq!(long[70_000], unit(last));
    }

    #[test]
    fn seeds_differ_from_the_first_number_on() {
        let first = |seed| {
            uniform([1, 1, 1, 8], seed, &Device::flex())
                .into_data()
                .try_to_vec::<f32>()
                .unwrap()
        };
        assert_eq!(first(1), first(1));
        assert!(first(1).iter().zip(first(2)).all(|(a, b)| *a != b));
        assert_ne!(first(1), first(1 | 1 << 40));
    }
}
