//! Small pictures as large ones, by networks of several kinds, which are known by the keys of their files.

mod architectures;
mod color;
mod compact;
mod esrgan;
mod hat;
mod keys;
mod network;
mod padding;
mod span;
mod swin;
mod swinir;
mod tiles;
mod upscaler;
mod windows;

#[cfg(test)]
mod tests;

pub use architectures::{ARCHITECTURES, Architecture};
pub use tiles::Tiles;
pub use upscaler::Upscaler;
