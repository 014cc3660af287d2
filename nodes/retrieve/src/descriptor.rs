//! A picture as a vector: its colours, its edges and its layout, a third each.
//!
//! No network: it knows what pictures look like, not what they show.

use burn::tensor::Tensor;
use weft_node::{
    Error, Result,
    value::{ColorSpace, Image},
};
use weft_tensor::floats;
use weft_vision::{
    color::{in_space, rgb, split_alpha},
    resample::{Filter, resize},
};

use crate::rows::normalize;

/// The name of this descriptor, forever.
pub(crate) const NAME: &str = "hsv-hog-grey-1";

/// Length of the vector.
pub(crate) const DIMS: usize = COLORS + EDGES + LAYOUT;

/// Side that pictures are brought to, in pixels.
const SIDE: usize = 64;
const HUES: usize = 12;
const TONES: usize = 3;
/// Hues by saturation by value, and greys by value.
const COLORS: usize = HUES * TONES * TONES + 8;
const CELLS: usize = 4;
const ANGLES: usize = 8;
const EDGES: usize = CELLS * CELLS * ANGLES;
const GRID: usize = 8;
const LAYOUT: usize = GRID * GRID;

/// The descriptor of a picture; of a batch, the mean. Its length is 1.
///
/// The picture is made 64 pixels square, on white where it is transparent, and then read back once:
/// - colours: a histogram of hue, saturation and value of what is opaque, the square root of each bin;
/// - edges: after a slight blur, a histogram of gradient directions, 8 over half a circle, in each of 4 by 4 cells (after Dalal
///   and Triggs 2005, without overlap);
/// - layout: the luma of 8 by 8 cells, less its mean.
///
/// # Errors
/// The device does not give the pixels back.
pub(crate) fn descriptor(image: &Image) -> Result<Vec<f32>> {
    let mut sum = vec![0.0; DIMS];
    for place in 0..image.batch() {
        let single = Image::in_space(image.pixels().narrow(0, place, 1), image.space());
        let vector = Pixels::read(&single)?.vector();
        sum.iter_mut().zip(vector).for_each(|(sum, it)| *sum += it);
    }
    normalize(&mut sum);
    Ok(sum)
}

/// Small pixels on the host.
struct Pixels {
    /// On white.
    rgb: Vec<[f32; 3]>,
    alpha: Vec<f32>,
}

impl Pixels {
    fn read(image: &Image) -> Result<Self> {
        let encoded = in_space(image, ColorSpace::Srgb);
        let small = Image::new(resize(encoded.into_pixels(), (SIDE, SIDE), Filter::Area));
        let (_, alpha) = split_alpha(small.pixels());
        let alpha = match alpha {
            Some(alpha) => numbers(alpha)?,
            None => vec![1.0; SIDE * SIDE],
        };
        let planes = numbers(rgb(&small))?;
        let at = |place: usize| {
            std::array::from_fn(|channel| {
                let value = planes[channel * SIDE * SIDE + place].clamp(0.0, 1.0);
                value * alpha[place] + 1.0 - alpha[place]
            })
        };
        Ok(Self {
            rgb: (0..SIDE * SIDE).map(at).collect(),
            alpha,
        })
    }

    fn vector(&self) -> Vec<f32> {
        let luma: Vec<f32> = self
            .rgb
            .iter()
            .map(|[r, g, b]| 0.2126 * r + 0.7152 * g + 0.0722 * b)
            .collect();
        let mut vector = Vec::with_capacity(DIMS);
        for mut part in [self.colors(), edges(&blurred(&luma)), layout(&luma)] {
            normalize(&mut part);
            vector.extend(part);
        }
        normalize(&mut vector);
        vector
    }

    fn colors(&self) -> Vec<f32> {
        let mut bins = vec![0.0; COLORS];
        for (color, alpha) in self.rgb.iter().zip(&self.alpha) {
            bins[color_bin(*color)] += alpha;
        }
        bins.iter_mut().for_each(|bin| *bin = bin.max(0.0).sqrt());
        bins
    }
}

/// The bin of a colour: one of the greys if it has hardly any hue.
fn color_bin([r, g, b]: [f32; 3]) -> usize {
    let value = r.max(g).max(b);
    let chroma = value - r.min(g).min(b);
    let level = |x: f32, levels: usize| ((x * levels as f32) as usize).min(levels - 1);
    if chroma < 0.1 {
        return HUES * TONES * TONES + level(value, 8);
    }
    let hue = if value == r {
        ((g - b) / chroma).rem_euclid(6.0)
    } else if value == g {
        (b - r) / chroma + 2.0
    } else {
        (r - g) / chroma + 4.0
    };
    // Half a bin further, so that pure colours stand in the middle of theirs.
    let hue = level((hue / 6.0 + 0.5 / HUES as f32).rem_euclid(1.0), HUES);
    (hue * TONES + level(chroma / value, TONES)) * TONES + level(value, TONES)
}

/// The luma after a binomial blur of 5 by 5, so that the staircases of small pictures are no edges.
fn blurred(luma: &[f32]) -> Vec<f32> {
    const WEIGHTS: [f32; 5] = [0.0625, 0.25, 0.375, 0.25, 0.0625];
    let along = |from: &[f32], step: usize| -> Vec<f32> {
        let at = |place: usize, shift: usize| {
            let v = place / step % SIDE;
            let moved = (v + shift).saturating_sub(2).min(SIDE - 1);
            from[place - v * step + moved * step]
        };
        let sum = |place| {
            WEIGHTS
                .iter()
                .zip(0..)
                .map(|(weight, shift)| weight * at(place, shift))
                .sum()
        };
        (0..from.len()).map(sum).collect()
    };
    along(&along(luma, 1), SIDE)
}

/// Strength of gradients by direction, cell by cell.
fn edges(luma: &[f32]) -> Vec<f32> {
    let mut bins = vec![0.0; EDGES];
    let at = |y: usize, x: usize| luma[y * SIDE + x];
    for y in 1..SIDE - 1 {
        for x in 1..SIDE - 1 {
            let (dx, dy) = (at(y, x + 1) - at(y, x - 1), at(y + 1, x) - at(y - 1, x));
            let turn = (dy.atan2(dx) / std::f32::consts::PI).rem_euclid(1.0) * ANGLES as f32;
            // Shared between the two nearest directions, so that a slight turn is a slight change.
            let (low, share) = (turn.floor(), turn.fract());
            let cell = (y * CELLS / SIDE) * CELLS + x * CELLS / SIDE;
            let bin = |angle: usize| cell * ANGLES + angle % ANGLES;
            let strength = dx.hypot(dy);
            bins[bin(low as usize)] += strength * (1.0 - share);
            bins[bin(low as usize + 1)] += strength * share;
        }
    }
    // The root keeps one strong contour from hiding the others.
    bins.iter_mut().for_each(|bin| *bin = bin.sqrt());
    bins
}

/// The luma of each cell less that of the whole.
fn layout(luma: &[f32]) -> Vec<f32> {
    let mut cells = vec![0.0; LAYOUT];
    for (place, value) in luma.iter().enumerate() {
        let (y, x) = (place / SIDE, place % SIDE);
        cells[(y * GRID / SIDE) * GRID + x * GRID / SIDE] += value;
    }
    let mean = cells.iter().sum::<f32>() / LAYOUT as f32;
    // What rounding leaves of a plain picture is no layout.
    let spread = |cell: f32| if cell.abs() < 1e-2 { 0.0 } else { cell };
    cells
        .iter_mut()
        .for_each(|cell| *cell = spread(*cell - mean));
    cells
}

fn numbers(tensor: Tensor<4>) -> Result<Vec<f32>> {
    let lost =
        |error: String| Error::Io(format!("the device did not give the pixels back: {error}"));
    floats(tensor).map_err(lost)
}
