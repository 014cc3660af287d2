//! IP-Adapter (Ye et al., 2023): pictures beside the text, for the U-Net to attend to.

mod net;
mod projection;
mod read;

#[cfg(test)]
mod tests;

pub use net::{Adapter, AdapterError};
