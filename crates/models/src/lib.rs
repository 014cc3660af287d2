//! Networks as burn modules, and the reading of their weights. What they are used for is said elsewhere.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

pub mod autoencoder;
mod describe;
pub mod hed;
pub mod instruct;
pub mod judge;
mod layers;
pub mod parameters;
pub mod stable;
pub mod text;
pub mod upscale;
mod weights;

pub use describe::{Described, Held, describe};
pub use layers::Maker;
pub use parameters::Network;
pub use weights::{Problem, Weights, WeightsError, is_pickle};
