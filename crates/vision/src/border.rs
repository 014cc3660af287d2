//! What lies beyond the border of a picture.

use burn::tensor::{Int, Tensor, TensorData, ops::PadMode};
use weft_tensor::constant;

/// What lies beyond the border of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// The outermost pixels again and again: `aaa|abc|ccc`.
    Edge,
    /// The picture mirrored, outermost pixels included: `cba|abc|cba`, scipy's `reflect`.
    Mirror,
    /// Nothing: `000|abc|000`.
    Zero,
}

impl Border {
    /// Which of `length` pixels stands at `place`; `None` for nothing.
    pub(crate) fn pixel(self, place: i64, length: usize) -> Option<usize> {
        let length = length as i64;
        let pixel = match self {
            Self::Edge => place.clamp(0, length - 1),
            Self::Mirror => {
                let place = place.rem_euclid(2 * length);
                place.min(2 * length - 1 - place)
            }
            Self::Zero => place,
        };
        (0..length).contains(&pixel).then_some(pixel as usize)
    }
}

/// Extends axis `axis` by `before` and `after` pixels.
pub(crate) fn extend(
    pixels: Tensor<4>,
    axis: usize,
    (before, after): (usize, usize),
    border: Border,
) -> Tensor<4> {
    if before == 0 && after == 0 {
        return pixels;
    }
    if border == Border::Zero {
        let mut amounts = [(0, 0); 4];
        amounts[axis] = (before, after);
        return pixels.pad(amounts, PadMode::Constant(0.0));
    }
    let length = pixels.dims()[axis];
    let places = -(before as i64)..(length + after) as i64;
    let places: Vec<i64> = places
        .filter_map(|place| Some(border.pixel(place, length)? as i64))
        .collect();
    let count = places.len();
    let places = constant::<1, Int>(TensorData::new(places, [count]), &pixels.device());
    pixels.select(axis, places)
}
