//! The pack of picture arithmetic.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod adjust_color;
mod blend;
mod composite;
mod crop;
mod duotone;
mod gaussian_blur;
mod gradient;
mod grid;
mod invert;
mod layout;
mod noise;
mod pad;
mod resize;
mod size;
mod solid;
mod threshold;
mod to_mask;
mod turn;

#[cfg(test)]
mod tests;

pub use adjust_color::AdjustColor;
pub use blend::{Blend, BlendMode, BlendSpace};
pub use composite::Composite;
pub use crop::Crop;
pub use duotone::Duotone;
pub use gaussian_blur::GaussianBlur;
pub use gradient::{Gradient, GradientShape};
pub use grid::Grid;
pub use invert::Invert;
pub use noise::{Noise, NoiseKind};
pub use pad::{Pad, PadFill};
pub use resize::{Resize, ResizeFilter, ResizeFit};
pub use solid::Solid;
pub use threshold::Threshold;
pub use to_mask::{Channel, ToMask};
pub use turn::{Turn, TurnKind};

use weft_node::{Pack, node};

/// Picture arithmetic.
pub const PACK: Pack = Pack::new(
    "picture",
    &[
        node::<AdjustColor>(),
        node::<Blend>(),
        node::<Composite>(),
        node::<Crop>(),
        node::<Duotone>(),
        node::<GaussianBlur>(),
        node::<Gradient>(),
        node::<Grid>(),
        node::<Invert>(),
        node::<Noise>(),
        node::<Pad>(),
        node::<Resize>(),
        node::<Solid>(),
        node::<Threshold>(),
        node::<ToMask>(),
        node::<Turn>(),
    ],
);
