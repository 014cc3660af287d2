//! The networks of Stable Diffusion (Rombach et al., 2022) in all its published sizes, read from published files.
//!
//! A network's own names of its tensors are those of diffusers and transformers; a single file has others, and
//! `keys.rs` beside each network is the table between them. Sizes are data: [`clip::Config::from_json`] and its
//! like read what is published beside the weights, `derived` reads them off the keys and shapes of a file, and
//! [`FAMILIES`] tells what neither says. Noise levels, v-prediction and guidance are for who samples.
//!
//! Not read, and refused with the keys or settings that tell: DoRA, LoHa and LoKr, IP-Adapters of faces, U-Nets with
//! class embeddings or with several depths within one level.

pub mod adapter;
pub mod clip;
pub mod clip_image;
pub mod control;
mod embedding;
mod families;
pub mod kl;
mod layout;
mod lora;
#[cfg(test)]
mod parity;
#[cfg(test)]
mod published;
mod source;
pub mod tokens;
pub mod unet;

pub use embedding::Embedding;
pub use families::{FAMILIES, Family, Found, Kind, detect};
pub use lora::Lora;
pub use source::File;

#[cfg(test)]
mod tests;
