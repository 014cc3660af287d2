//! Data sets, training stages and evaluation.

pub mod data;
mod follow;
pub mod lessons;
mod recipe;
pub mod stages;
pub mod training;

pub use follow::{FollowError, follow};
pub use recipe::{Recipe, RecipeError};
