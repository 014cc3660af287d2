//! Following a recipe: from data to the weights of a stage.

use std::path::Path;

use burn::tensor::Device;
use thiserror::Error;
use weft_models::{
    Network,
    autoencoder::Autoencoder,
    parameters::{Numbers, WriteError},
};
use weft_tensor::Precision;

use crate::{
    data::{DataError, DataSet},
    lessons::{Pictures, Reconstruct, psnr, scale},
    recipe::Recipe,
    training::{Audience, TrainError, train},
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
    /// The weights.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Trains the stage of `recipe` on `device` and writes its weights into `folder`; what was written, and how good it
/// is, in lines for people.
///
/// # Errors
/// A data set that cannot be read, sizes that make no network, and those of [`train`].
pub fn follow(
    recipe: &Recipe,
    folder: &Path,
    device: &Device,
    audience: &mut dyn Audience,
) -> Result<Vec<String>, FollowError> {
    let data = DataSet::open(recipe.data())?;
    match recipe {
        Recipe::Autoencoder { net, pace, .. } => {
            let learning = device.clone().autodiff();
            let net = Autoencoder::new(net, pace.seed, &learning, Precision::Bf16)
                .map_err(FollowError::Net)?;
            let source = Pictures::new(&data, pace.seed);
            let mut lesson = Reconstruct {
                source: &source,
                device: learning.clone(),
                batch: pace.batch,
                seed: pace.seed,
            };
            let net = train(&mut lesson, net, pace, folder, audience)?;
            let (mean, deviation) = scale(&net, &source, (16, pace.batch), device);
            let path = folder.join("autoencoder.safetensors");
            net.clone()
                .with_scale(mean, deviation)
                .write(&path, Numbers::F16)?;
            let decibels = psnr(&net, &source, 128, device);
            Ok(vec![format!(
                "wrote {} ({decibels:.1} dB on held-out concepts)",
                path.display()
            )])
        }
    }
}
