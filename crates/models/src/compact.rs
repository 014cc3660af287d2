//! Small pictures as large ones: the compact network of Real-ESRGAN (Wang et al., ICCVW 2021).

mod keys;
mod net;
mod tiles;

#[cfg(test)]
mod tests;

pub use net::Compact;
pub use tiles::Tiles;
