//! Networks as burn modules, and the reading of their weights. What they are used for is said elsewhere.

pub mod hed;
mod weights;

pub use weights::{Problem, Weights, WeightsError};
