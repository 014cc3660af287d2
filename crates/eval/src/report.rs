//! What came out, as numbers for people and programs.

use serde::Serialize;

use crate::Score;

/// All of an evaluation.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The methods, in the order of a row's cells.
    pub columns: Vec<String>,
    /// The tasks.
    pub rows: Vec<Row>,
    /// How well the judge names real pictures that nobody learnt from.
    pub judge: JudgeScore,
    /// Real pictures that drawn ones are compared with.
    pub real: usize,
    /// Concepts that the judge never learnt, among which it tells those of the rows of unknown concepts.
    pub unknown: usize,
    /// Steps of the sampler.
    pub steps: usize,
    /// Guidance by text and by context.
    pub guidance: [f64; 2],
    /// The BLAKE3 hash of the data set.
    pub data: String,
}

/// A task.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name in tables.
    pub name: String,
    /// Its word in graphs.
    pub task: String,
    /// Whether it is a combination that was never learnt from.
    pub zero_shot: bool,
    /// Whether its concepts were never learnt from, in any style.
    pub unknown: bool,
    /// Pictures that were asked for.
    pub samples: usize,
    /// What each method makes of it.
    pub cells: Vec<Cell>,
}

/// A method on a task: means over the samples; none where the task does not ask for it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cell {
    /// SC, PQ and O.
    #[serde(flatten)]
    pub score: Score,
    /// The share whose style the judge names right.
    pub style: Option<f64>,
    /// The share of concepts that are among the judge's first five; unknown ones among each other.
    pub concept: Option<f64>,
    /// The F-measure of edges within two pixels.
    pub edges: Option<f64>,
    /// Intersection over union of masks.
    pub mask: Option<f64>,
    /// Decibels against the true picture.
    pub psnr: Option<f64>,
    /// Structural similarity to it.
    pub ssim: Option<f64>,
}

/// How well a judge names real pictures of cells that were held out.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct JudgeScore {
    /// Pictures.
    pub pictures: usize,
    /// The share whose style it names right.
    pub style: f64,
    /// The share whose concept it names right.
    pub concept: f64,
    /// The share whose concept is among its first five.
    pub top_5: f64,
}
