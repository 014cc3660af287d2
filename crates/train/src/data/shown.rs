//! Pictures as networks are shown them: on a ground, as a silhouette, as lines.

use burn::tensor::{Device, Tensor, TensorData};
use weft_vision::edge::{Unfollowed, canny};

use super::Dice;

/// What the edge detector of a picture looks for: the arguments of [`canny`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contours {
    /// Standard deviation of the blur, in pixels.
    pub sigma: f32,
    /// A weaker gradient is never an edge.
    pub low: f32,
    /// A stronger gradient always is one.
    pub high: f32,
}

impl Default for Contours {
    /// What the node `edge.Canny` has by default, with less blur: these pictures are small and without noise.
    fn default() -> Self {
        Self {
            sigma: 1.0,
            low: 0.03,
            high: 0.06,
        }
    }
}

impl Contours {
    /// From many fine lines to few coarse ones.
    pub fn any(dice: &mut Dice) -> Self {
        let sigma = 0.6 + dice.unit();
        let low = 0.02 + 0.04 * dice.unit();
        Self {
            sigma,
            low,
            high: 2.0 * low,
        }
    }
}

/// The picture on a ground of one colour.
///
/// # Shapes
/// rgba: `[pixels, 4]`, straight; ground: sRGB-encoded, 0..=1; out: `[3, pixels]`, sRGB-encoded, -1..=1
pub fn picture(rgba: &[u8], ground: [f32; 3], out: &mut [f32]) {
    let pixels = rgba.len() / 4;
    for ((channel, ground), plane) in ground
        .iter()
        .enumerate()
        .zip(out.chunks_exact_mut(pixels.max(1)))
    {
        for (pixel, value) in rgba.chunks_exact(4).zip(plane) {
            let [color, alpha] = [pixel[channel], pixel[3]].map(|byte| f32::from(byte) / 255.0);
            *value = 2.0 * (ground + alpha * (color - ground)) - 1.0;
        }
    }
}

/// 1 where the picture covers at least half of a pixel, else 0.
///
/// # Shapes
/// rgba: `[pixels, 4]`, result: `[pixels]`
pub fn silhouette(rgba: &[u8]) -> Vec<f32> {
    rgba.chunks_exact(4)
        .map(|pixel| f32::from(u8::from(pixel[3] >= 128)))
        .collect()
}

/// A silhouette without its holes: 1 wherever no way leads, by sides, to the border through pixels of 0.
///
/// # Shapes
/// silhouette and result: `[side, side]`
pub fn filled(silhouette: &[f32], side: usize) -> Vec<f32> {
    let mut filled = vec![1.0; silhouette.len()];
    let last = side.saturating_sub(1);
    let border = (0..side).flat_map(|i| [i, last * side + i, i * side, i * side + last]);
    let mut open: Vec<usize> = border.collect();
    while let Some(place) = open.pop() {
        if silhouette[place] > 0.0 || filled[place] == 0.0 {
            continue;
        }
        filled[place] = 0.0;
        let (row, column) = (place / side, place % side);
        open.extend((row > 0).then(|| place - side));
        open.extend((row < last).then(|| place + side));
        open.extend((column > 0).then(|| place - 1));
        open.extend((column < last).then(|| place + 1));
    }
    filled
}

/// A plane of 0..=1 as a grey picture: 1 is white.
///
/// # Shapes
/// plane: `[pixels]`, out: `[3, pixels]`, -1..=1
pub fn spread(plane: &[f32], out: &mut [f32]) {
    for out in out.chunks_exact_mut(plane.len().max(1)) {
        for (value, out) in plane.iter().zip(out) {
            *out = 2.0 * value - 1.0;
        }
    }
}

/// 1 on the thin edges of a picture on white, else 0, by Canny's detector.
///
/// # Shapes
/// rgba: `[side, side, 4]`, straight; result: `[side, side]`
///
/// # Errors
/// The pixels did not come back.
pub fn edges(rgba: &[u8], side: usize, contours: Contours) -> Result<Vec<f32>, Unfollowed> {
    // Weights of BT.709, as `weft_vision::color::luma` has them.
    let luma = rgba.chunks_exact(4).map(|pixel| {
        let [red, green, blue, alpha] = [0, 1, 2, 3].map(|i| f32::from(pixel[i]) / 255.0);
        1.0 - alpha + alpha * (0.2126 * red + 0.7152 * green + 0.0722 * blue)
    });
    let luma = TensorData::new(luma.collect::<Vec<f32>>(), [1, 1, side, side]);
    let luma = Tensor::from_data(luma, &Device::flex());
    let found = canny(luma, contours.sigma, contours.low, contours.high)?;
    Ok(found.into_data().try_into_vec::<f32>().unwrap_or_default())
}

/// 1 on the outermost pixels of a silhouette, else 0; what is beyond the border is outside.
///
/// # Shapes
/// silhouette and result: `[side, side]`
pub fn outline(silhouette: &[f32], side: usize) -> Vec<f32> {
    let at = |row: Option<usize>, column: Option<usize>| match (row, column) {
        (Some(row), Some(column)) if row < side && column < side => silhouette[row * side + column],
        _ => 0.0,
    };
    let edge = |place: usize| {
        let (row, column) = (place / side, place % side);
        let beside = [
            at(row.checked_sub(1), Some(column)),
            at(Some(row + 1), Some(column)),
            at(Some(row), column.checked_sub(1)),
            at(Some(row), Some(column + 1)),
        ];
        let inner = beside.into_iter().fold(1.0, f32::min);
        silhouette[place] * (1.0 - inner)
    };
    (0..side * side).map(edge).collect()
}

/// Lines of one pixel made `width` pixels wide: the largest value within a square, whose middle is a little to the
/// right and below for even widths.
///
/// # Shapes
/// plane and result: `[side, side]`
pub fn thickened(plane: &[f32], side: usize, width: usize) -> Vec<f32> {
    let before = width.saturating_sub(1) / 2;
    let along = |plane: &[f32], stride: usize| -> Vec<f32> {
        let largest = |place: usize| {
            let at = place / stride % side;
            let from = at.saturating_sub(width.saturating_sub(1) - before);
            let to = (at + before).min(side - 1);
            (from..=to)
                .map(|other| plane[place - at * stride + other * stride])
                .fold(0.0, f32::max)
        };
        (0..plane.len()).map(largest).collect()
    };
    along(&along(plane, 1), side)
}
