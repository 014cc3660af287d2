//! The U-Net of Stable Diffusion (Rombach et al., 2022) and SDXL (Podell et al., 2023).

pub(super) mod config;
mod derived;
pub(super) mod keys;
mod level;
mod net;
mod read;
mod transformer;
pub(super) mod trunk;

#[cfg(test)]
mod tests;

pub use config::{Added, Config, Level};
pub use derived::{Heads, Unsaid};
pub use net::{Control, UNet};
pub use trunk::{Given, Pictures};
