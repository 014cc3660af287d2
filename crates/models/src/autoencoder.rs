//! Pictures as small maps of numbers and back: the space in which the instruct model draws.

mod config;
mod halves;
mod net;

#[cfg(test)]
mod tests;

pub use config::Config;
pub use net::{Autoencoder, Moments};
