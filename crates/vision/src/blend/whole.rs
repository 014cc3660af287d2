//! The modes that look at red, green and blue together (W3C Compositing and Blending Level 1, section 10).

use burn::tensor::Tensor;

use crate::color::weighted;

/// The weights of the W3C's `Lum`.
const WEIGHTS: [f32; 3] = [0.3, 0.59, 0.11];

/// The hue of `over`, with the saturation and luminosity of `under`.
pub(super) fn hue(over: Tensor<4>, under: Tensor<4>) -> Tensor<4> {
    let saturation = saturation_of(&under);
    with_luminosity(with_saturation(over, saturation), luminosity_of(under))
}

/// The saturation of `over`, with the hue and luminosity of `under`.
pub(super) fn saturation(over: &Tensor<4>, under: Tensor<4>) -> Tensor<4> {
    let luminosity = luminosity_of(under.clone());
    with_luminosity(with_saturation(under, saturation_of(over)), luminosity)
}

/// The hue and saturation of `over`, with the luminosity of `under`.
pub(super) fn color(over: Tensor<4>, under: Tensor<4>) -> Tensor<4> {
    with_luminosity(over, luminosity_of(under))
}

/// The luminosity of `over`, with the hue and saturation of `under`.
pub(super) fn luminosity(over: Tensor<4>, under: Tensor<4>) -> Tensor<4> {
    with_luminosity(under, luminosity_of(over))
}

fn luminosity_of(color: Tensor<4>) -> Tensor<4> {
    weighted(color, WEIGHTS)
}

fn saturation_of(color: &Tensor<4>) -> Tensor<4> {
    color.clone().max_dim(1) - color.clone().min_dim(1)
}

/// `SetSat`: the least channel becomes 0, the greatest `saturation`, and grey stays without hue.
fn with_saturation(color: Tensor<4>, saturation: Tensor<4>) -> Tensor<4> {
    let least = color.clone().min_dim(1);
    let spread = saturation_of(&color).clamp_min(f32::MIN_POSITIVE);
    (color - least) / spread * saturation
}

/// `SetLum` and `ClipColor`: moved to `luminosity`, then drawn towards it until it is within 0..=1.
fn with_luminosity(color: Tensor<4>, luminosity: Tensor<4>) -> Tensor<4> {
    let color = color.clone() + (luminosity.clone() - luminosity_of(color));
    let (least, greatest) = (color.clone().min_dim(1), color.clone().max_dim(1));
    let room = |room: Tensor<4>, need: Tensor<4>, is_out| {
        need.ones_like()
            .mask_where(is_out, room / need.clamp_min(f32::MIN_POSITIVE))
    };
    let is_below = least.clone().lower_elem(0.0);
    let is_above = greatest.clone().greater_elem(1.0);
    let below = room(luminosity.clone(), luminosity.clone() - least, is_below);
    let above = room(
        luminosity.clone().neg() + 1.0,
        greatest - luminosity.clone(),
        is_above,
    );
    (color - luminosity.clone()) * below.min_pair(above) + luminosity
}
