//! The networks of Stable Diffusion (Rombach et al., 2022) in all its published sizes, read from published files.
//!
//! A network's own names of its tensors are those of diffusers and transformers; a single file has others, and
//! `keys.rs` beside each network is the table between them. Sizes are data: [`clip::Config::from_json`] and its
//! like read what is published beside the weights, `derived` reads them off the keys and shapes of a file.

pub mod adapter;
pub mod clip;
pub mod clip_image;
pub mod control;
mod families;
pub mod kl;
mod layout;
mod lora;
#[cfg(test)]
mod parity;
mod source;
pub mod unet;

pub use families::{FAMILIES, Family, Found, Kind, detect};
pub use lora::Lora;
pub use source::File;

#[cfg(test)]
mod tests;
