//! The text encoders of CLIP (Radford et al., 2021) and OpenCLIP (Cherti et al., 2022).

mod config;
mod keys;
pub(super) mod layer;
mod net;

#[cfg(test)]
mod tests;

pub use config::{Activation, Config, End};
pub use net::{Clip, Encoded, IdsError, Take};
