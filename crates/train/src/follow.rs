//! Following a recipe: from data to the weights of a stage.

use std::{
    fs,
    path::{Path, PathBuf},
};

use burn::tensor::Device;
use thiserror::Error;
use weft_models::{
    Network, WeightsError,
    autoencoder::Autoencoder,
    instruct::Instruct,
    judge::{self, Judge},
    parameters::{Numbers, WriteError},
    text::{TextEncoder, TextError},
};
use weft_tensor::Precision;

use crate::{
    data::{DataError, DataSet},
    lessons::{Draw, Gallery, Pictures, Recognise, Reconstruct, Remembered, accuracy, psnr, scale},
    recipe::Recipe,
    stages::{Captioned, Clusters, Latents, LatentsError, Library, Mixture, Scenes, Stage},
    training::{Audience, Pace, TrainError, train},
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

/// Scenes on a sheet of samples.
const SHOWN: usize = 24;

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
            Recipe::Judge { net, pace, .. } => self.recognise((net, pace), audience),
            Recipe::TextToImage {
                autoencoder,
                net,
                pace,
                ..
            } => {
                let net = Instruct::new(net, pace.seed, &learning, Precision::Bf16)
                    .map_err(FollowError::Net)?;
                let (autoencoder, hash) = self.autoencoder(autoencoder)?;
                let latents = self.latents((&autoencoder, hash), audience)?;
                let library = Library::new(self.data, &latents, &autoencoder);
                self.learn((net, pace), &library, Captioned, audience)
            }
            Recipe::RetrievalAugmented {
                autoencoder,
                start,
                pace,
                ..
            } => {
                let net = self.start(start)?;
                let (autoencoder, hash) = self.autoencoder(autoencoder)?;
                let latents = self.latents((&autoencoder, hash), audience)?;
                let library = Library::new(self.data, &latents, &autoencoder);
                let clusters = Clusters::of(&library, &encoder(self.device)?)?;
                self.learn((net, pace), &library, clusters, audience)
            }
            Recipe::InstructionTuning {
                autoencoder,
                start,
                shares,
                pace,
                ..
            } => {
                if let Some(fault) = shares.fault() {
                    return Err(FollowError::Shares(fault));
                }
                let net = self.start(start)?;
                let (autoencoder, hash) = self.autoencoder(autoencoder)?;
                let latents = self.latents((&autoencoder, hash), audience)?;
                let library = Library::new(self.data, &latents, &autoencoder);
                let mixture = Mixture {
                    shares: shares.clone(),
                };
                self.learn((net, pace), &library, mixture, audience)
            }
        }
    }

    fn reconstruct(
        &self,
        (net, pace): (Autoencoder, &Pace),
        decoder_alone: bool,
        audience: &mut dyn Audience,
    ) -> Result<Vec<String>, FollowError> {
        let source = Pictures::new(self.data, pace.seed);
        let mut lesson = Reconstruct {
            source: &source,
            device: self.device.clone().autodiff(),
            batch: pace.batch,
            seed: pace.seed,
            decoder_alone,
        };
        let mut net = train(&mut lesson, net, pace, self.folder, audience)?;
        if !decoder_alone {
            let (mean, deviation) = scale(&net, &source, (16, pace.batch), self.device);
            net = net.with_scale(mean, deviation);
        }
        let path = self.folder.join("autoencoder.safetensors");
        net.write(&path, Numbers::F16)?;
        let decibels = psnr(&net, &source, 128, self.device);
        Ok(vec![format!(
            "wrote {} ({decibels:.1} dB on held-out concepts)",
            path.display()
        )])
    }

    fn recognise(
        &self,
        (sizes, pace): (&judge::Sizes, &Pace),
        audience: &mut dyn Audience,
    ) -> Result<Vec<String>, FollowError> {
        let (side, whole) = (sizes.side, self.data.side());
        if side == 0 || !whole.is_multiple_of(side) {
            return Err(FollowError::Net(format!(
                "a side of {side} does not divide the {whole} pixels of the data set"
            )));
        }
        let gallery = Gallery::new(self.data, side)?;
        let config = judge::Config {
            sizes: sizes.clone(),
            styles: gallery.styles().to_vec(),
            concepts: gallery.concepts().to_vec(),
        };
        let device = self.device.clone().autodiff();
        let net =
            Judge::new(&config, pace.seed, &device, Precision::Bf16).map_err(FollowError::Net)?;
        let mut lesson = Recognise {
            gallery: &gallery,
            device,
            batch: pace.batch,
            seed: pace.seed,
        };
        let net = train(&mut lesson, net, pace, self.folder, audience)?;
        let path = self.folder.join("judge.safetensors");
        net.write(&path, Numbers::F16)?;
        let right = accuracy(&net, &gallery, self.device);
        Ok(vec![format!("wrote {} ({right})", path.display())])
    }

    fn autoencoder(&self, path: &Path) -> Result<(Autoencoder, blake3::Hash), FollowError> {
        let bytes = self.read("the autoencoder", path)?;
        let autoencoder = Autoencoder::read(&bytes, self.device, Precision::Bf16);
        let autoencoder = autoencoder.map_err(unfit("the autoencoder", path))?;
        Ok((autoencoder, blake3::hash(&bytes)))
    }

    /// The U-Net of the stage before, learning.
    fn start(&self, path: &Path) -> Result<Instruct, FollowError> {
        let bytes = self.read("the stage before", path)?;
        let learning = self.device.clone().autodiff();
        Instruct::read(&bytes, &learning, Precision::Bf16).map_err(unfit("the stage before", path))
    }

    fn read(&self, what: &'static str, path: &Path) -> Result<Vec<u8>, FollowError> {
        fs::read(path).map_err(|why| FollowError::Weights {
            what,
            why: why.to_string(),
            path: path.to_owned(),
        })
    }

    fn latents<'b>(
        &'b self,
        autoencoder: (&'b Autoencoder, blake3::Hash),
        audience: &mut dyn Audience,
    ) -> Result<Latents<'b>, LatentsError> {
        let mut told = |done, all| audience.prepares("pictures as latents", done, all);
        Latents::open((self.data, self.recipe.data()), autoencoder, &mut told)
    }

    fn learn<S: Scenes>(
        &self,
        (net, pace): (Instruct, &Pace),
        library: &Library<'_>,
        scenes: S,
        audience: &mut dyn Audience,
    ) -> Result<Vec<String>, FollowError> {
        let examples = Stage {
            library,
            scenes,
            seed: pace.seed,
            shown: SHOWN,
        };
        let encoder = encoder(self.device)?;
        let mut lesson = Draw {
            examples: &examples,
            encoder: Remembered::new(&encoder),
            device: self.device.clone().autodiff(),
            batch: pace.batch,
            seed: pace.seed,
        };
        let net = train(&mut lesson, net, pace, self.folder, audience)?;
        let path = self.folder.join("instruct.safetensors");
        net.write(&path, Numbers::F16)?;
        Ok(vec![format!("wrote {}", path.display())])
    }
}

fn encoder(device: &Device) -> Result<TextEncoder, TextError> {
    TextEncoder::read(weft_shipped::TEXT, weft_shipped::TOKENIZER, device)
}

fn unfit(what: &'static str, path: &Path) -> impl FnOnce(WeightsError) -> FollowError {
    let path = path.to_owned();
    move |why| FollowError::Weights {
        what,
        why: why.to_string(),
        path,
    }
}
