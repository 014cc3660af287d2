//! Cutting, extending and turning pictures.

#[cfg(test)]
mod tests;

use burn::tensor::Tensor;

pub use crate::border::Border;
use crate::{
    border::extend,
    color::with_channels,
    pass::{BORDER, Pass},
};

static PAD: Pass = Pass::new(1, &[BORDER, include_str!("geometry/pad.wgsl")]);

/// How much to add at each side, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Margins {
    /// Above.
    pub top: usize,
    /// Right.
    pub right: usize,
    /// Below.
    pub bottom: usize,
    /// Left.
    pub left: usize,
}

impl Margins {
    /// The shape with them.
    fn around(self, [batch, channels, height, width]: [usize; 4]) -> [usize; 4] {
        let height = height + self.top + self.bottom;
        [batch, channels, height, width + self.left + self.right]
    }
}

/// The part of the picture from `(top, left)` on, of `height` by `width`; it must lie inside.
pub fn crop(
    pixels: Tensor<4>,
    (top, left): (usize, usize),
    (height, width): (usize, usize),
) -> Tensor<4> {
    pixels.narrow(2, top, height).narrow(3, left, width)
}

/// Adds margins made from the picture itself.
pub fn pad(pixels: Tensor<4>, margins: Margins, border: Border) -> Tensor<4> {
    let numbers = [
        margins.top as f32,
        margins.left as f32,
        f32::from(border as u8),
    ];
    if let Some(made) = PAD.run([&pixels], &numbers, margins.around(pixels.dims())) {
        return made;
    }
    let pixels = extend(pixels, 2, (margins.top, margins.bottom), border);
    extend(pixels, 3, (margins.left, margins.right), border)
}

/// Adds margins of one `fill`, a value for each channel; the result has as many channels as there are values, if the
/// picture has less.
pub fn pad_with(pixels: Tensor<4>, margins: Margins, fill: &[f32]) -> Tensor<4> {
    let mut numbers = vec![margins.top as f32, margins.left as f32, 3.0];
    numbers.extend(fill.iter().copied().chain([1.0; 4]).take(4));
    let [batch, channels, height, width] = margins.around(pixels.dims());
    let shape = [batch, channels.max(fill.len()), height, width];
    if let Some(made) = PAD.run([&pixels], &numbers, shape) {
        return made;
    }
    let pixels = with_channels(pixels, fill.len());
    let size = (height, width);
    let around = crate::paint::solid(batch, size, fill, &pixels.device());
    put(around, pixels, (margins.top, margins.left))
}

/// Puts `pixels` over `ground` at `(top, left)`; they must fit in.
pub fn put(ground: Tensor<4>, pixels: Tensor<4>, (top, left): (usize, usize)) -> Tensor<4> {
    let [batch, channels, height, width] = pixels.dims();
    ground.slice_assign(
        [0..batch, 0..channels, top..top + height, left..left + width],
        pixels,
    )
}

/// A turn or a mirroring that moves pixels and changes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Left and right change places.
    Mirror,
    /// Top and bottom change places.
    Flip,
    /// A quarter to the right.
    Right,
    /// A half.
    Half,
    /// A quarter to the left.
    Left,
}

/// Turns or mirrors the picture.
pub fn turn(pixels: Tensor<4>, turn: Turn) -> Tensor<4> {
    match turn {
        Turn::Mirror => pixels.flip([3]),
        Turn::Flip => pixels.flip([2]),
        Turn::Half => pixels.flip([2, 3]),
        Turn::Right => pixels.swap_dims(2, 3).flip([3]),
        Turn::Left => pixels.swap_dims(2, 3).flip([2]),
    }
}
