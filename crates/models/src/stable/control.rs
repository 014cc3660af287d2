//! ControlNet (Zhang et al., 2023): a picture such as a drawing of edges leads a U-Net.

mod config;
mod net;
mod read;

#[cfg(test)]
mod tests;

pub use config::Config;
pub use net::ControlNet;
