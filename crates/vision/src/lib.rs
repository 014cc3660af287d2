//! Picture arithmetic on tensors.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod adjust;
mod banded;
pub mod blend;
mod border;
pub mod codec;
pub mod color;
pub mod edge;
pub mod filter;
pub mod geometry;
pub mod label;
pub mod noise;
pub mod paint;
mod pass;
pub mod resample;
pub mod size;

pub use pass::without_passes;
