//! The autoencoder of Stable Diffusion: AutoencoderKL (Rombach et al., 2022).

mod config;
mod halves;
mod keys;
mod net;

#[cfg(test)]
mod tests;

pub use config::{Config, Scale};
pub use net::AutoencoderKl;
