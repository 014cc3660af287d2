//! Files of a hub of models, by names such as `hf:owner/repo@rev/path`: fetched once, then from the cache.
//!
//! The cache is the one that all programs of that hub share, so what another has fetched is there. A file in it
//! needs no network. Nothing here knows what a graph or a network is.

mod error;
mod fetch;
mod hub;
mod kin;
mod name;
mod patience;
mod places;
mod telling;

#[cfg(test)]
mod tests;

pub use error::HubError;
pub use hub::Hub;
pub use kin::{WEIGHTS, belonging, is_index};
pub use name::{HubName, MalformedName};
pub use telling::{Transfer, stop_fetching, tell_transfers};
