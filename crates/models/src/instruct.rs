//! A U-Net that draws latents as a sentence says and as reference pictures show.
//!
//! After Instruct-Imagen (Hu et al., 2024). References are encoded by the U-Net's own way down, with the
//! same weights, as clean pictures with their own short texts; what is found there at the levels that
//! attend are keys and values of a context attention in every block that attends.

mod block;
mod config;
mod context;
mod level;
mod net;
mod pipeline;
mod spatial;
mod words;

#[cfg(test)]
mod tests;

pub use crate::text::MARKERS;
pub use config::Config;
pub use context::{Context, Place, References};
pub use net::Instruct;
pub use pipeline::{Pipeline, PipelineError, Request, Settings, Shown};
