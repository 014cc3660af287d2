//! The pack that enlarges pictures.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod fidelity;
mod fill;
mod size;
mod upscale;
mod weights;

#[cfg(test)]
mod tests;

pub use upscale::{Upscale, UpscaleMethod};

use weft_node::{Pack, node};

/// The upscalers.
pub const PACK: Pack = Pack::new("upscale", &[node::<Upscale>()]);
