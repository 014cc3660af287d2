//! A judge of drawings: which style, which concept, and the features by which sets of pictures are compared.

mod config;
mod net;
mod rank;

#[cfg(test)]
mod tests;

pub use config::{Config, Sizes};
pub use net::{Judge, Verdict, averaged};
pub use rank::rank;
