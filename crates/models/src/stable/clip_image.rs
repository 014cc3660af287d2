//! The image encoder of CLIP (Radford et al., 2021), which says to an IP-Adapter what is in a picture.

mod config;
mod net;
mod read;

#[cfg(test)]
mod tests;

pub use config::Config;
pub use net::{ClipImage, Encoded};
