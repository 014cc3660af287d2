//! Laying one picture over another.

mod whole;

#[cfg(test)]
pub(crate) mod tests;

use burn::tensor::Tensor;
use weft_value::{ColorSpace, Image};

use crate::{
    color::{change, divided, in_space, join_alpha, split_alpha, with_channels},
    pass::{COLOR, Pass},
};

const MIX: &str = include_str!("blend/mix.wgsl");

static EVERYWHERE: Pass = Pass::new(2, &[COLOR, MIX, include_str!("blend/everywhere.wgsl")]);
static WHERE: Pass = Pass::new(3, &[COLOR, MIX, include_str!("blend/where.wgsl")]);

/// Where one picture is laid over another.
#[derive(Clone, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "one is made for a call, and none is kept"
)]
pub enum Coverage {
    /// Alike at every pixel, 0..=1.
    Everywhere(f32),
    /// By pixel: `[batch, 1, height, width]`, 0..=1.
    Where(Tensor<4>),
}

/// How the colours of two pictures make one, where both are (W3C Compositing and Blending Level 1, section 9;
/// `Add` and `Subtract` are the usual ones of picture editors).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The upper one.
    Normal,
    /// Their product.
    Multiply,
    /// The complement of the product of the complements.
    Screen,
    /// `Multiply` where the lower one is dark, `Screen` where it is light.
    Overlay,
    /// `Multiply` where the upper one is dark, `Screen` where it is light.
    HardLight,
    /// A soft `HardLight`.
    SoftLight,
    /// The darker one.
    Darken,
    /// The lighter one.
    Lighten,
    /// How far they are apart.
    Difference,
    /// A soft `Difference`.
    Exclusion,
    /// Their sum, at most 1.
    Add,
    /// The lower one less the upper one, at least 0.
    Subtract,
    /// The lower one brightened by the upper one.
    Dodge,
    /// The lower one darkened by the upper one.
    Burn,
    /// The hue of the upper one.
    Hue,
    /// The saturation of the upper one.
    Saturation,
    /// The hue and saturation of the upper one.
    Color,
    /// The luminosity of the upper one.
    Luminosity,
}

/// The colours of `over` and `under` made one, each 0..=1.
///
/// # Shapes
/// all: `[batch, channels, height, width]`, colour without alpha
pub fn mix(over: Tensor<4>, under: Tensor<4>, mode: Mode) -> Tensor<4> {
    match mode {
        Mode::Normal => over,
        Mode::Multiply => over * under,
        Mode::Screen => screen(over, under),
        Mode::Overlay => hard_light(under, over),
        Mode::HardLight => hard_light(over, under),
        Mode::SoftLight => soft_light(over, under),
        Mode::Darken => over.min_pair(under),
        Mode::Lighten => over.max_pair(under),
        Mode::Difference => (over - under).abs(),
        Mode::Exclusion => over.clone() + under.clone() - over * under * 2.0,
        Mode::Add => (over + under).clamp_max(1.0),
        Mode::Subtract => (under - over).clamp_min(0.0),
        Mode::Dodge => dodge(over, under),
        // Burning is dodging the complements.
        Mode::Burn => complement(dodge(complement(over), complement(under))),
        Mode::Hue => whole::hue(over, under),
        Mode::Saturation => whole::saturation(&over, under),
        Mode::Color => whole::color(over, under),
        Mode::Luminosity => whole::luminosity(over, under),
    }
}

fn complement(color: Tensor<4>) -> Tensor<4> {
    color.neg() + 1.0
}

fn screen(over: Tensor<4>, under: Tensor<4>) -> Tensor<4> {
    over.clone() + under.clone() - over * under
}

fn hard_light(over: Tensor<4>, under: Tensor<4>) -> Tensor<4> {
    let is_dark = over.clone().lower_equal_elem(0.5);
    let dark = over.clone() * under.clone() * 2.0;
    screen(over * 2.0 - 1.0, under).mask_where(is_dark, dark)
}

fn soft_light(over: Tensor<4>, under: Tensor<4>) -> Tensor<4> {
    let is_dark = over.clone().lower_equal_elem(0.5);
    let u = under.clone();
    let steep = ((u.clone() * 16.0 - 12.0) * u.clone() + 4.0) * u.clone();
    let root = u
        .clone()
        .clamp_min(0.0)
        .sqrt()
        .mask_where(u.lower_equal_elem(0.25), steep);
    let twice = over * 2.0 - 1.0;
    let dark = under.clone() + twice.clone() * under.clone() * complement(under.clone());
    (under.clone() + twice * (root - under)).mask_where(is_dark, dark)
}

fn dodge(over: Tensor<4>, under: Tensor<4>) -> Tensor<4> {
    let is_black = under.clone().lower_equal_elem(0.0);
    let is_full = over.clone().greater_equal_elem(1.0);
    let bright = (under / complement(over).clamp_min(1e-6)).clamp_max(1.0);
    bright.mask_fill(is_full, 1.0).mask_fill(is_black, 0.0)
}

/// Lays `over` on `under` with `coverage`, 0..=1: source over destination, with straight alpha (W3C
/// Compositing and Blending Level 1, sections 5 and 10).
///
/// # Shapes
/// over, under: `[batch, 1, 3 or 4, height, width]`; coverage: `[batch, 1, height, width]`; a batch of 1
/// is laid on each of the other.
pub fn lay(over: Tensor<4>, under: Tensor<4>, coverage: Tensor<4>, mode: Mode) -> Tensor<4> {
    let coverage = Coverage::Where(coverage);
    if let Some(made) = fused([&over, &under], &coverage, mode, [0.0; 3]) {
        return made;
    }
    let Coverage::Where(coverage) = coverage else {
        return under;
    };
    stepwise(over, under, coverage, mode)
}

/// [`lay`] in a colour space; the result is in that of `under`. Both have one size.
pub fn laid(
    over: &Image,
    under: &Image,
    coverage: Coverage,
    (mode, space): (Mode, ColorSpace),
) -> Image {
    let changes = [
        change(over.space(), space),
        change(under.space(), space),
        change(space, under.space()),
    ];
    let (above, below) = (over.pixels(), under.pixels());
    if let Some(made) = fused([&above, &below], &coverage, mode, changes) {
        return Image::in_space(made, under.space());
    }
    let [above, below] = [over, under].map(|image| in_space(image, space).into_pixels());
    let coverage = match coverage {
        Coverage::Where(coverage) => coverage,
        Coverage::Everywhere(coverage) => {
            let [_, _, height, width] = above.dims();
            Tensor::full([1, 1, height, width], coverage, &above.device())
        }
    };
    let laid = stepwise(above, below, coverage, mode);
    in_space(&Image::in_space(laid, space), under.space())
}

/// In one pass, on a graphics adapter.
fn fused(
    [over, under]: [&Tensor<4>; 2],
    coverage: &Coverage,
    mode: Mode,
    [from_over, from_under, back]: [f32; 3],
) -> Option<Tensor<4>> {
    let [over_batch, over_channels, ..] = over.dims();
    let [under_batch, under_channels, height, width] = under.dims();
    let batch = over_batch.max(under_batch);
    let channels = over_channels.max(under_channels);
    let mode = f32::from(mode as u8);
    match coverage {
        Coverage::Everywhere(coverage) => {
            let numbers = [mode, from_over, from_under, back, *coverage];
            EVERYWHERE.run([over, under], &numbers, [batch, channels, height, width])
        }
        Coverage::Where(coverage) => {
            let batch = batch.max(coverage.dims()[0]);
            let numbers = [mode, from_over, from_under, back];
            let shape = [batch, channels, height, width];
            WHERE.run([over, under, coverage], &numbers, shape)
        }
    }
}

/// In burn's operations.
fn stepwise(over: Tensor<4>, under: Tensor<4>, coverage: Tensor<4>, mode: Mode) -> Tensor<4> {
    let channels = over.dims()[1].max(under.dims()[1]);
    let (over, over_alpha) = split_alpha(with_channels(over, channels));
    let (under, under_alpha) = split_alpha(with_channels(under, channels));
    let over_alpha = match over_alpha {
        Some(alpha) => alpha * coverage,
        None => coverage,
    };
    let batch = over.dims()[0]
        .max(under.dims()[0])
        .max(over_alpha.dims()[0]);
    let [over, under, over_alpha] = [over, under, over_alpha].map(|pixels| batched(pixels, batch));
    let Some(under_alpha) = under_alpha.map(|alpha| batched(alpha, batch)) else {
        let mixed = mix(over, under.clone(), mode);
        return under.clone() + (mixed - under) * over_alpha;
    };
    let mixed = mix(over.clone(), under.clone(), mode);
    let both = over_alpha.clone() * under_alpha.clone();
    let alone = over_alpha.clone() - both.clone();
    let below = under_alpha.clone() - both.clone();
    let color = over * alone + under * below + mixed * both.clone();
    let alpha = over_alpha + under_alpha - both;
    join_alpha(divided(color, &alpha), Some(alpha))
}

/// A batch of 1 repeated without a copy.
fn batched(pixels: Tensor<4>, batch: usize) -> Tensor<4> {
    let [has, channels, height, width] = pixels.dims();
    if has == batch {
        pixels
    } else {
        pixels.expand([batch, channels, height, width])
    }
}
