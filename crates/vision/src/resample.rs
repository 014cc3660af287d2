//! Changing the size of a picture.

#[cfg(test)]
mod tests;

use burn::tensor::{Int, Tensor, TensorData};
use weft_tensor::constant;

use crate::{
    banded::{Banded, Row, Sums},
    color::premultiplied,
};

/// How the pixels of another size are made. All but `Nearest` widen with the reduction, so that nothing
/// is skipped, exactly as Pillow does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The nearest pixel.
    Nearest,
    /// The mean of the area that a pixel covers.
    Area,
    /// A tent, one pixel to each side.
    Bilinear,
    /// Keys' cubic with a = -0.5, two pixels to each side.
    Bicubic,
    /// A sinc windowed by another, three pixels to each side.
    Lanczos,
}

impl Filter {
    /// How far it reaches, in pixels.
    fn support(self) -> f64 {
        match self {
            Self::Nearest | Self::Area => 0.5,
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos => 3.0,
        }
    }

    fn weight(self, x: f64) -> f64 {
        let distance = x.abs();
        match self {
            Self::Nearest | Self::Area => f64::from(u8::from(x > -0.5 && x <= 0.5)),
            Self::Bilinear => (1.0 - distance).max(0.0),
            Self::Bicubic => cubic(distance),
            Self::Lanczos if distance < 3.0 => sinc(x) * sinc(x / 3.0),
            Self::Lanczos => 0.0,
        }
    }

    /// Whether it makes values beyond those there were.
    fn overshoots(self) -> bool {
        matches!(self, Self::Bicubic | Self::Lanczos)
    }
}

/// Keys' cubic convolution (1981) with a = -0.5.
fn cubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}

fn sinc(x: f64) -> f64 {
    let x = x * std::f64::consts::PI;
    if x == 0.0 { 1.0 } else { x.sin() / x }
}

/// Makes pixels of `height` by `width` from pixels of any size, one axis after the other. What is
/// transparent does not bleed; values stay within 0..=1 with the filters that overshoot.
///
/// # Shapes
/// pixels: `[batch, channels, height, width]`, returns `[batch, channels, new height, new width]`
pub fn resize(pixels: Tensor<4>, (height, width): (usize, usize), filter: Filter) -> Tensor<4> {
    let [_, _, old_height, old_width] = pixels.dims();
    if (old_height, old_width) == (height, width) {
        return pixels;
    }
    if filter == Filter::Nearest {
        // Columns are the slow ones to pick, so they are picked from as few rows as there are.
        if height < old_height {
            return nearest(nearest(pixels, 2, height), 3, width);
        }
        return nearest(nearest(pixels, 3, width), 2, height);
    }
    // The order matters where values were held within 0..=1 between the axes. This is Pillow's, since 13.0.
    let lost = |old: usize, new: usize| old as i64 - new as i64;
    let rows_first = lost(old_height, height) > (2 * lost(old_width, width)).max(0);
    let axes = if rows_first { [2, 3] } else { [3, 2] };
    if let Some(made) = fused(&pixels, axes, (height, width), filter) {
        return made;
    }
    premultiplied(pixels, |pixels| {
        if rows_first {
            along(along(pixels, 2, height, filter), 3, width, filter)
        } else {
            along(along(pixels, 3, width, filter), 2, height, filter)
        }
    })
}

/// One pass for each axis that changes, on a graphics adapter.
fn fused(
    pixels: &Tensor<4>,
    axes: [usize; 2],
    (height, width): (usize, usize),
    filter: Filter,
) -> Option<Tensor<4>> {
    let dims = pixels.dims();
    let wanted = [dims[0], dims[1], height, width];
    let [mut first, mut last] = Sums::by_alpha(dims[1] == 4);
    (first.hold, last.hold) = (filter.overshoots(), filter.overshoots());
    let pass = |sums: Sums, pixels: &Tensor<4>, axis: usize| {
        sums.along(pixels, axis, &weights(dims[axis], wanted[axis], filter))
    };
    match axes.map(|axis| dims[axis] == wanted[axis]) {
        [true, _] => pass(first.with(last), pixels, axes[1]),
        [_, true] => pass(first.with(last), pixels, axes[0]),
        _ => pass(first, pixels, axes[0]).and_then(|half| pass(last, &half, axes[1])),
    }
}

fn nearest(pixels: Tensor<4>, axis: usize, length: usize) -> Tensor<4> {
    let old = pixels.dims()[axis];
    if old == length {
        return pixels;
    }
    let scale = old as f64 / length as f64;
    // Added up one by one, as Pillow does it: half-way places then fall to the same side.
    let centers = std::iter::successors(Some(scale * 0.5), |center| Some(center + scale));
    let places: Vec<i64> = centers
        .take(length)
        .map(|center| (center as i64).min(old as i64 - 1))
        .collect();
    pixels.clone().select(
        axis,
        constant::<1, Int>(TensorData::new(places, [length]), &pixels.device()),
    )
}

/// Resamples one axis.
fn along(pixels: Tensor<4>, axis: usize, length: usize, filter: Filter) -> Tensor<4> {
    let old = pixels.dims()[axis];
    if old == length {
        return pixels;
    }
    let weights = weights(old, length, filter);
    let resampled = if axis == 3 {
        weights.along_width(pixels)
    } else {
        weights.along_height(pixels)
    };
    if filter.overshoots() {
        resampled.clamp(0.0, 1.0)
    } else {
        resampled
    }
}

/// For each new pixel the old ones it is made of, as in Pillow's `precompute_coeffs`.
fn weights(old: usize, new: usize, filter: Filter) -> Banded {
    let scale = old as f64 / new as f64;
    let stretch = scale.max(1.0);
    let support = filter.support() * stretch;
    let row = |i: usize| {
        let center = (i as f64 + 0.5) * scale;
        let first = (center - support + 0.5).max(0.0) as usize;
        let end = ((center + support + 0.5) as usize).min(old);
        let weights: Vec<f64> = (first..end)
            .map(|x| filter.weight((x as f64 - center + 0.5) / stretch))
            .collect();
        let sum: f64 = weights.iter().sum();
        Row {
            first,
            weights: weights
                .into_iter()
                .map(|weight| (weight / sum) as f32)
                .collect(),
        }
    };
    Banded::new((0..new).map(row).collect())
}
