//! Drawings as a generator may give them: moved a little, soft, off in colour, blocky, noisy. Style and concept stay.

use std::f32::consts::PI;

use weft_vision::filter::gaussian_kernel;

use crate::data::Dice;

/// How often each kind of wear happens.
const SOFT: f32 = 0.5;
const TINTED: f32 = 0.5;
const BLOCKY: f32 = 0.35;
const NOISY: f32 = 0.5;

/// A drawing, worn in ways that `dice` choose. It is never mirrored: an arrow to the left is another concept.
///
/// # Shapes
/// drawn: `[3, side, side]` on white; out: the same, -1..=1
pub(super) fn worn(drawn: &[u8], side: usize, dice: &mut Dice, out: &mut [f32]) {
    Placement::any(dice).show(drawn, side, out);
    if dice.happens(SOFT) {
        soften(out, side, 0.3 + 0.5 * dice.unit());
    }
    if dice.happens(TINTED) {
        tint(out, side, dice);
    }
    if dice.happens(BLOCKY) {
        quantise(out, side, 0.01 + 0.05 * dice.unit());
    }
    if dice.happens(NOISY) {
        disturb(out, 0.04 * dice.unit(), dice);
    }
    for value in out {
        *value = 2.0 * value.clamp(0.0, 1.0) - 1.0;
    }
}

/// Where a drawing is put on its ground.
#[derive(Clone, Copy, Debug)]
struct Placement {
    /// Width and height, times those of the ground.
    size: [f32; 2],
    /// Of the middle, to the right and down, in sides of the ground.
    shift: [f32; 2],
}

impl Placement {
    fn any(dice: &mut Dice) -> Self {
        let within = |dice: &mut Dice, reach: f32| reach * (2.0 * dice.unit() - 1.0);
        let size = 0.97 + within(dice, 0.12);
        Self {
            size: [(); 2].map(|()| size * (1.0 + within(dice, 0.04))),
            shift: [(); 2].map(|()| within(dice, 0.05)),
        }
    }

    /// The drawing there, bilinear, white around it; values are 0..=1.
    fn show(&self, drawn: &[u8], side: usize, out: &mut [f32]) {
        let [columns, rows] = [0, 1].map(|axis| self.along(axis, side));
        let planes = drawn.chunks_exact(side * side);
        for (plane, out) in planes.zip(out.chunks_exact_mut(side * side)) {
            let at = |row: i32, column: i32| {
                let inside = |at: i32| (0..side as i32).contains(&at);
                if inside(row) && inside(column) {
                    f32::from(plane[row as usize * side + column as usize]) / 255.0
                } else {
                    1.0
                }
            };
            for (&(row, down), out) in rows.iter().zip(out.chunks_exact_mut(side)) {
                for (&(column, right), out) in columns.iter().zip(out) {
                    let line = |row| {
                        let [a, b] = [at(row, column), at(row, column + 1)];
                        a + right * (b - a)
                    };
                    let [a, b] = [line(row), line(row + 1)];
                    *out = a + down * (b - a);
                }
            }
        }
    }

    /// For each pixel of the ground along an axis, the pixel of the drawing before it, and the way to the next.
    fn along(&self, axis: usize, side: usize) -> Vec<(i32, f32)> {
        let half = side as f32 / 2.0;
        let place = |pixel: usize| {
            let from_middle = pixel as f32 + 0.5 - half - self.shift[axis] * side as f32;
            let place = from_middle / self.size[axis] + half - 0.5;
            (place.floor() as i32, place - place.floor())
        };
        (0..side).map(place).collect()
    }
}

/// A Gaussian blur of so many pixels; beyond the border is what is at it.
fn soften(out: &mut [f32], side: usize, sigma: f32) {
    let kernel = gaussian_kernel(sigma);
    let reach = kernel.len() / 2;
    let mut line = vec![0.0; side];
    for plane in out.chunks_exact_mut(side * side) {
        for (first, stride) in (0..side)
            .map(|row| (row * side, 1))
            .chain((0..side).map(|column| (column, side)))
        {
            for (at, value) in line.iter_mut().enumerate() {
                let near = |tap: usize| (at + tap).saturating_sub(reach).min(side - 1);
                let taps = kernel.iter().enumerate();
                *value = taps
                    .map(|(tap, weight)| weight * plane[first + near(tap) * stride])
                    .sum();
            }
            for (at, value) in line.iter().enumerate() {
                plane[first + at * stride] = *value;
            }
        }
    }
}

/// Stretches the distance from white by up to 6 %, a little differently for each channel, and moves all levels by up
/// to 1.5 %: a palette is a part of a style.
fn tint(out: &mut [f32], side: usize, dice: &mut Dice) {
    let within = |dice: &mut Dice, reach: f32| reach * (2.0 * dice.unit() - 1.0);
    let (stretch, shift) = (1.0 + within(dice, 0.06), within(dice, 0.015));
    for plane in out.chunks_exact_mut(side * side) {
        let stretch = stretch * (1.0 + within(dice, 0.03));
        for value in plane {
            *value = 1.0 - stretch * (1.0 - *value) - shift;
        }
    }
}

/// Side of the blocks of JPEG.
const BLOCK: usize = 8;

/// Rounds the frequencies of each block to steps, as JPEG does: `coarse` is the step of the lowest, 0.06 about that
/// of quality 50.
fn quantise(out: &mut [f32], side: usize, coarse: f32) {
    let waves = waves();
    let mut block = [[0.0; BLOCK]; BLOCK];
    for plane in out.chunks_exact_mut(side * side) {
        for row in (0..side / BLOCK).map(|row| row * BLOCK) {
            for column in (0..side / BLOCK).map(|column| column * BLOCK) {
                for (y, line) in block.iter_mut().enumerate() {
                    line.copy_from_slice(&plane[(row + y) * side + column..][..BLOCK]);
                }
                let mut found = product(&waves, &product(&block, &turned(&waves)));
                for (v, line) in found.iter_mut().enumerate() {
                    for (u, value) in line.iter_mut().enumerate() {
                        let step = coarse * (1.0 + 0.4 * (u + v) as f32);
                        *value = (*value / step).round() * step;
                    }
                }
                block = product(&turned(&waves), &product(&found, &waves));
                for (y, line) in block.iter().enumerate() {
                    plane[(row + y) * side + column..][..BLOCK].copy_from_slice(line);
                }
            }
        }
    }
}

type Square = [[f32; BLOCK]; BLOCK];

/// The orthonormal cosine transform of type II, a frequency a row.
fn waves() -> Square {
    let mut waves = [[0.0; BLOCK]; BLOCK];
    for (frequency, wave) in waves.iter_mut().enumerate() {
        let size = if frequency == 0 { 1.0f32 } else { 2.0 };
        for (place, value) in wave.iter_mut().enumerate() {
            let angle = PI / BLOCK as f32 * (place as f32 + 0.5) * frequency as f32;
            *value = (size / BLOCK as f32).sqrt() * angle.cos();
        }
    }
    waves
}

fn turned(x: &Square) -> Square {
    let mut turned = [[0.0; BLOCK]; BLOCK];
    for (row, line) in x.iter().enumerate() {
        for (column, value) in line.iter().enumerate() {
            turned[column][row] = *value;
        }
    }
    turned
}

fn product(a: &Square, b: &Square) -> Square {
    let mut product = [[0.0; BLOCK]; BLOCK];
    for (out, a) in product.iter_mut().zip(a) {
        for (a, b) in a.iter().zip(b) {
            for (out, b) in out.iter_mut().zip(b) {
                *out += a * b;
            }
        }
    }
    product
}

/// Adds even noise within ±`reach`.
fn disturb(out: &mut [f32], reach: f32, dice: &mut Dice) {
    for values in out.chunks_mut(8) {
        for (value, byte) in values.iter_mut().zip(dice.bits().to_le_bytes()) {
            *value += reach * (f32::from(byte) / 127.5 - 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Placement, disturb, quantise, soften, worn};
    use crate::data::Dice;

    const SIDE: usize = 16;

    /// A grey square, a quarter of the side from every border.
    fn square() -> Vec<u8> {
        let inside = |place: usize| (4..12).contains(&place);
        let pixel = |place: usize| {
            let is_ink = inside(place / SIDE % SIDE) && inside(place % SIDE);
            if is_ink { 100 } else { 255 }
        };
        (0..3 * SIDE * SIDE).map(pixel).collect()
    }

    fn shown(size: f32, shift: [f32; 2]) -> Vec<f32> {
        let mut out = vec![0.0; 3 * SIDE * SIDE];
        let size = [size; 2];
        Placement { size, shift }.show(&square(), SIDE, &mut out);
        out
    }

    fn ink(values: &[f32]) -> f32 {
        values.iter().map(|value| 1.0 - value).sum()
    }

    #[test]
    fn a_drawing_in_its_place_is_itself_and_a_moved_one_is_moved() {
        let plain: Vec<f32> = square()
            .iter()
            .map(|&byte| f32::from(byte) / 255.0)
            .collect();
        assert_eq!(shown(1.0, [0.0; 2]), plain);
        let moved = shown(1.0, [2.0 / SIDE as f32, 1.0 / SIDE as f32]);
        for (row, column) in [(1, 2), (7, 9), (12, 13), (15, 15)] {
            let before = plain[(row - 1) * SIDE + column - 2];
            assert!((moved[row * SIDE + column] - before).abs() < 1e-5);
        }
        let half = ink(&shown(0.5, [0.0; 2]));
        assert!((half / ink(&plain) - 0.25).abs() < 0.02, "{half}");
    }

    #[test]
    fn blur_and_blocks_keep_the_ink_and_change_the_picture() {
        let plain = shown(1.0, [0.0; 2]);
        let (mut soft, mut blocky) = (plain.clone(), plain.clone());
        soften(&mut soft, SIDE, 0.8);
        quantise(&mut blocky, SIDE, 0.05);
        for other in [soft, blocky] {
            assert!((ink(&other) / ink(&plain) - 1.0).abs() < 0.02);
            let pairs = other.iter().zip(&plain);
            let furthest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(furthest > 0.01 && furthest < 0.5, "{furthest}");
        }
    }

    #[test]
    fn steps_of_nothing_change_nothing() {
        let plain = shown(1.03, [0.02, 0.0]);
        let mut back = plain.clone();
        quantise(&mut back, SIDE, 1e-6);
        disturb(&mut back, 0.0, &mut Dice::new(0, 0));
        let pairs = back.iter().zip(&plain);
        assert!(pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) < 1e-5);
    }

    #[test]
    fn wear_is_slight_and_follows_from_the_dice() {
        let plain = shown(1.0, [0.0; 2]);
        let wear = |stream| {
            let mut out = vec![0.0; plain.len()];
            worn(&square(), SIDE, &mut Dice::new(4, stream), &mut out);
            out
        };
        assert!(wear(3) == wear(3) && wear(3) != wear(4));
        for stream in 0..50 {
            let out = wear(stream);
            assert!(out.iter().all(|value| value.abs() <= 1.0));
            let ink = ink(&out) / 2.0 / ink(&plain);
            assert!((0.6..1.7).contains(&ink), "{ink} of the ink");
        }
    }
}
