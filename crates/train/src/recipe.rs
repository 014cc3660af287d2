//! What a training run is told, as a RON file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use weft_models::{autoencoder, instruct, judge};

use crate::{data::DataError, stages::Shares, training::Pace};

/// One stage of training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Recipe {
    /// Pictures to latents and back.
    Autoencoder {
        /// The data set.
        data: PathBuf,
        /// The sizes of the network.
        #[serde(default)]
        net: autoencoder::Config,
        /// How long and how fast.
        pace: Pace,
    },
    /// The decoder of an autoencoder alone: what it gives back becomes sharper, and latents stay as they are, so
    /// that what was trained on them still fits.
    Decoder {
        /// The data set.
        data: PathBuf,
        /// Weights of the autoencoder.
        start: PathBuf,
        /// How long and how fast.
        pace: Pace,
    },
    /// The judge of the evaluation: names style and concept.
    Judge {
        /// The data set.
        data: PathBuf,
        /// The sizes of the network.
        #[serde(default)]
        net: judge::Sizes,
        /// Steps, from the first, whose pictures have half of the network's side: four of them cost as much as one.
        #[serde(default)]
        halved: u64,
        /// How long and how fast.
        pace: Pace,
    },
    /// Stage 0: from captions to pictures, from nothing.
    TextToImage {
        /// The data set.
        data: PathBuf,
        /// Weights of the autoencoder.
        autoencoder: PathBuf,
        /// The sizes of the network.
        #[serde(default)]
        net: instruct::Config,
        /// How long and how fast.
        pace: Pace,
    },
    /// Stage 1: the same with three retrieved neighbours and their captions as context.
    RetrievalAugmented {
        /// The data set.
        data: PathBuf,
        /// Weights of the autoencoder.
        autoencoder: PathBuf,
        /// Weights of the stage before.
        start: PathBuf,
        /// Whether what goes beyond the paper's wiring is left out of them.
        #[serde(default)]
        paper_wiring: bool,
        /// How long and how fast.
        pace: Pace,
    },
    /// Stage 2: to follow instructions.
    InstructionTuning {
        /// The data set.
        data: PathBuf,
        /// Weights of the autoencoder.
        autoencoder: PathBuf,
        /// Weights of a stage before.
        start: PathBuf,
        /// Whether what goes beyond the paper's wiring is left out of them.
        #[serde(default)]
        paper_wiring: bool,
        /// How often each task is asked for.
        #[serde(default)]
        shares: Shares,
        /// How long and how fast.
        pace: Pace,
    },
}

/// Why a recipe cannot be followed.
#[derive(Debug, Error)]
pub enum RecipeError {
    /// The file.
    #[error("cannot read the recipe: {why}: {}", path.display())]
    File {
        /// What the system said.
        why: std::io::Error,
        /// Which.
        path: PathBuf,
    },
    /// Its text.
    #[error("the recipe is wrong at line {line}, column {column}: {why}: {}", path.display())]
    Text {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        why: String,
        /// Which.
        path: PathBuf,
    },
}

impl Recipe {
    /// Reads one; its paths start from its own folder.
    ///
    /// # Errors
    /// A file that cannot be read, or one with a mistake.
    pub fn read(path: &Path) -> Result<Self, RecipeError> {
        let text = fs::read_to_string(path).map_err(|why| RecipeError::File {
            why,
            path: path.to_owned(),
        })?;
        let mut recipe: Self = ron::from_str(&text).map_err(|wrong| RecipeError::Text {
            line: wrong.span.start.line,
            column: wrong.span.start.col,
            why: wrong.code.to_string(),
            path: path.to_owned(),
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for named in recipe.paths_mut() {
            *named = folder.join(&*named);
        }
        Ok(recipe)
    }

    /// Whether there is something to learn from.
    ///
    /// # Errors
    /// Its data set is missing.
    pub fn check(&self) -> Result<(), DataError> {
        let path = self.data();
        if path.is_file() {
            return Ok(());
        }
        Err(DataError::Missing {
            path: path.to_owned(),
        })
    }

    /// Its data set.
    pub fn data(&self) -> &Path {
        match self {
            Self::Autoencoder { data, .. }
            | Self::Decoder { data, .. }
            | Self::Judge { data, .. }
            | Self::TextToImage { data, .. }
            | Self::RetrievalAugmented { data, .. }
            | Self::InstructionTuning { data, .. } => data,
        }
    }

    /// How long and how fast.
    pub fn pace_mut(&mut self) -> &mut Pace {
        match self {
            Self::Autoencoder { pace, .. }
            | Self::Decoder { pace, .. }
            | Self::Judge { pace, .. }
            | Self::TextToImage { pace, .. }
            | Self::RetrievalAugmented { pace, .. }
            | Self::InstructionTuning { pace, .. } => pace,
        }
    }

    fn paths_mut(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::Autoencoder { data, .. } | Self::Judge { data, .. } => vec![data],
            Self::Decoder { data, start, .. } => vec![data, start],
            Self::TextToImage {
                data, autoencoder, ..
            } => vec![data, autoencoder],
            Self::RetrievalAugmented {
                data,
                autoencoder,
                start,
                ..
            }
            | Self::InstructionTuning {
                data,
                autoencoder,
                start,
                ..
            } => vec![data, autoencoder, start],
        }
    }
}
