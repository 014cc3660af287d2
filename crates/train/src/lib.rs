//! Data sets, training stages and evaluation.

pub mod data;
pub mod lessons;
pub mod recipe;
pub mod training;
