//! How well the instruct model follows instructions, measured on pictures that it never saw.
//!
//! The protocol is that of Instruct-Imagen (arXiv 2401.01952, section 5), with measures and a judge network in place
//! of people: see [`grade`] for what counts as followed and [`quality`] for what counts as genuine.

#![allow(
    clippy::disallowed_methods,
    reason = "no graph runs this, so its copies are not counted"
)]

mod baselines;
mod contours;
mod error;
mod evaluation;
pub mod grade;
mod held_out;
mod judge;
mod likeness;
mod logistic;
mod manifold;
mod measures;
mod networks;
mod overview;
pub mod quality;
mod raster;
mod real;
mod report;
mod samples;
mod score;
mod shape;
mod sheets;
mod studio;
mod table;
mod texture;

#[cfg(test)]
mod tests;

pub use contours::edge_f1;
pub use error::EvalError;
pub use evaluation::{Column, Evaluation, Setup, Told, evaluate};
pub use held_out::held_out;
pub use judge::{Judge, Seen, Verdict};
pub use likeness::{psnr, ssim};
pub use networks::{Ask, Files, Networks};
pub use overview::overview;
pub use raster::Raster;
pub use report::{Cell, JudgeScore, Report, Row};
pub use samples::{Sample, part, samples, targets};
pub use score::{Score, overall};
pub use shape::{iou, mask};
pub use table::{measures, table};
