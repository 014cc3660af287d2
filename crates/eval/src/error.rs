//! What can go wrong.

use std::{io, path::PathBuf};

use thiserror::Error;
use weft_models::{WeightsError, instruct::PipelineError, text::TextError};
use weft_train::data::DataError;

/// Why nothing can be measured.
#[derive(Debug, Error)]
pub enum EvalError {
    /// The data set.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The drawing.
    #[error(transparent)]
    Draw(#[from] PipelineError),
    /// The texts.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The data set has nothing to ask for.
    #[error(
        "the data set has no picture that was held out and whose concept and style are learnt from, so there is \
         nothing to measure by; take all of the data set"
    )]
    Nothing,
    /// The judge knows other styles than the data set.
    #[error("the judge does not know the style {style}; train it on this data set")]
    Style {
        /// The id of the style.
        style: String,
    },
    /// Networks of different latents.
    #[error(
        "the U-Net draws latents of {drawn} channels and the autoencoder reads {read}; take both from one training"
    )]
    Latents {
        /// Channels of the U-Net.
        drawn: usize,
        /// Channels of the autoencoder.
        read: usize,
    },
    /// A file of weights.
    #[error("cannot read the weights: {why}: {}", path.display())]
    File {
        /// What the system said.
        why: io::Error,
        /// Which.
        path: PathBuf,
    },
    /// Weights of something else.
    #[error("these are no weights of {network}: {why}\nfile: {}", path.display())]
    Weights {
        /// The network that wants them.
        network: &'static str,
        /// What is wrong with them.
        why: WeightsError,
        /// The file.
        path: PathBuf,
    },
    /// The device.
    #[error("the device did not give its pictures back")]
    Unread,
}
