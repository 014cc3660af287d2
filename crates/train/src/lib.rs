//! Data sets, training stages and evaluation.

#![allow(
    clippy::disallowed_methods,
    reason = "no graph runs this, so its copies are not counted"
)]

pub mod data;
mod follow;
pub mod lessons;
mod recipe;
pub mod stages;
pub mod training;

pub use follow::{FollowError, follow};
pub use recipe::{Recipe, RecipeError};
