//! Following a recipe: from data to the weights of a stage.

mod drawing;
mod pictures;

use drawing::Start;

use std::{
    fs,
    path::{Path, PathBuf},
};

use burn::tensor::Device;
use thiserror::Error;
use weft_models::{
    Network, WeightsError, autoencoder::Autoencoder, parameters::WriteError, text::TextError,
};
use weft_tensor::Precision;

use crate::{
    data::{DataError, DataSet},
    recipe::Recipe,
    stages::LatentsError,
    training::{Audience, TrainError},
};

/// Why a recipe was not followed to its end.
#[derive(Debug, Error)]
pub enum FollowError {
    /// The data set.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The training itself.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Sizes that make no network.
    #[error("the recipe's `net` is wrong: {0}")]
    Net(String),
    /// Shares of which no task can be drawn.
    #[error("the recipe's `shares` are wrong: {0}; each is 0 or more, and one at least is more")]
    Shares(String),
    /// The weights that are written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file of weights that the recipe names.
    #[error("cannot read {what}: {why}\ntrain it first; crates/train/README.md says in which order: {}", path.display())]
    Weights {
        /// Which weights.
        what: &'static str,
        /// What is wrong.
        why: String,
        /// The file.
        path: PathBuf,
    },
    /// The pictures as latents.
    #[error(transparent)]
    Latents(#[from] LatentsError),
    /// The text encoder.
    #[error(transparent)]
    Text(#[from] TextError),
}

/// Trains the stage of `recipe` on `device` and writes its weights into `folder`; what was written, and how good it
/// is, in lines for people.
///
/// # Errors
/// A data set or weights that cannot be read, sizes that make no network, and those of [`train`].
pub fn follow(
    recipe: &Recipe,
    folder: &Path,
    device: &Device,
    audience: &mut dyn Audience,
) -> Result<Vec<String>, FollowError> {
    let data = DataSet::open(recipe.data())?;
    let course = Course {
        recipe,
        data: &data,
        folder,
        device,
    };
    course.follow(audience)
}

/// A recipe and what it is followed with.
struct Course<'a> {
    recipe: &'a Recipe,
    data: &'a DataSet,
    folder: &'a Path,
    device: &'a Device,
}

impl Course<'_> {
    fn follow(&self, audience: &mut dyn Audience) -> Result<Vec<String>, FollowError> {
        let learning = self.device.clone().autodiff();
        match self.recipe {
            Recipe::Autoencoder { net, pace, .. } => {
                let net = Autoencoder::new(net, pace.seed, &learning, Precision::Bf16)
                    .map_err(FollowError::Net)?;
                self.reconstruct((net, pace), false, audience)
            }
            Recipe::Decoder { start, pace, .. } => {
                let bytes = self.read("the autoencoder", start)?;
                let net = Autoencoder::read(&bytes, &learning, Precision::Bf16)
                    .map_err(unfit("the autoencoder", start))?;
                self.reconstruct((net, pace), true, audience)
            }
            Recipe::Judge {
                net, halved, pace, ..
            } => self.recognise((net, *halved, pace), audience),
            Recipe::TextToImage {
                autoencoder,
                net,
                pace,
                ..
            } => self.text_to_image(autoencoder, (net, pace), audience),
            Recipe::RetrievalAugmented {
                autoencoder,
                start,
                paper_wiring,
                pace,
                ..
            } => {
                let start = Start::of(start, *paper_wiring);
                self.retrieval_augmented(autoencoder, (&start, pace), audience)
            }
            Recipe::InstructionTuning {
                autoencoder,
                start,
                paper_wiring,
                shares,
                pace,
                ..
            } => {
                let start = Start::of(start, *paper_wiring);
                self.instruction_tuning(autoencoder, (&start, shares, pace), audience)
            }
        }
    }

    fn read(&self, what: &'static str, path: &Path) -> Result<Vec<u8>, FollowError> {
        fs::read(path).map_err(|why| FollowError::Weights {
            what,
            why: why.to_string(),
            path: path.to_owned(),
        })
    }
}

fn unfit(what: &'static str, path: &Path) -> impl FnOnce(WeightsError) -> FollowError {
    let path = path.to_owned();
    move |why| FollowError::Weights {
        what,
        why: why.to_string(),
        path,
    }
}
