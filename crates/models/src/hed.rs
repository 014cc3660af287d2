//! Edges as a trained network sees them: holistically-nested edge detection (Xie and Tu, ICCV 2015).

mod config;
mod keys;
mod net;

#[cfg(test)]
mod tests;

pub use config::{Block, Config};
pub use net::Hed;
