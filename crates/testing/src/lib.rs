//! Test support: the per-device loop, fixtures and comparison of numbers.

#![allow(
    clippy::disallowed_methods,
    reason = "no graph runs this, so its copies are not counted"
)]

mod alone;
mod compare;
mod devices;
pub mod faults;
mod fixture;
pub mod loop_hub;
pub mod tiny_stable;
mod troubled;

pub use alone::passes_alone;
pub use compare::{assert_close, max_error, mean_error, numbers};
pub use devices::for_each_device;
pub use fixture::{Tensors, fixture};
pub use troubled::Troubled;
