//! The pack that enlarges pictures.

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
