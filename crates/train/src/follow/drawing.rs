//! The stages of the U-Net.

use std::path::Path;

use weft_models::{
    Network,
    autoencoder::Autoencoder,
    instruct::{self, Instruct},
    parameters::Numbers,
    text::TextEncoder,
};
use weft_tensor::Precision;

use super::{Course, FollowError, unfit};
use crate::{
    lessons::{Draw, Remembered},
    stages::{Captioned, Clusters, Latents, LatentsError, Library, Mixture, Scenes, Shares, Stage},
    training::{Audience, Pace, train},
};

/// Scenes on a sheet of samples.
const SHOWN: usize = 24;

/// What a stage starts from.
pub(super) struct Start<'a> {
    /// The weights of a stage before.
    weights: &'a Path,
    /// Whether what goes beyond the paper's wiring is left out.
    paper_wiring: bool,
}

impl<'a> Start<'a> {
    pub(super) fn of(weights: &'a Path, paper_wiring: bool) -> Self {
        Self {
            weights,
            paper_wiring,
        }
    }
}

impl Course<'_> {
    /// Stage 0.
    pub(super) fn text_to_image(
        &self,
        autoencoder: &Path,
        (sizes, pace): (&instruct::Config, &Pace),
        audience: &mut dyn Audience,
    ) -> Result<Vec<String>, FollowError> {
        let learning = self.device.clone().autodiff();
        let net = Instruct::new(sizes, pace.seed, &learning, Precision::Bf16)
            .map_err(FollowError::Net)?;
        let (autoencoder, hash) = self.autoencoder(autoencoder)?;
        let latents = self.latents((&autoencoder, hash), audience)?;
        let library = Library::new(self.data, &latents, &autoencoder);
        self.learn((net, pace), &library, Captioned, audience)
    }

    /// Stage 1.
    pub(super) fn retrieval_augmented(
        &self,
        autoencoder: &Path,
        (start, pace): (&Start<'_>, &Pace),
        audience: &mut dyn Audience,
    ) -> Result<Vec<String>, FollowError> {
        let net = self.start(start)?;
        let (autoencoder, hash) = self.autoencoder(autoencoder)?;
        let latents = self.latents((&autoencoder, hash), audience)?;
        let library = Library::new(self.data, &latents, &autoencoder);
        let clusters = Clusters::of(&library, &TextEncoder::shipped(self.device)?)?;
        self.learn((net, pace), &library, clusters, audience)
    }

    /// Stage 2.
    pub(super) fn instruction_tuning(
        &self,
        autoencoder: &Path,
        (start, shares, pace): (&Start<'_>, &Shares, &Pace),
        audience: &mut dyn Audience,
    ) -> Result<Vec<String>, FollowError> {
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

    fn autoencoder(&self, path: &Path) -> Result<(Autoencoder, blake3::Hash), FollowError> {
        let bytes = self.read("the autoencoder", path)?;
        let autoencoder = Autoencoder::read(&bytes, self.device, Precision::Bf16);
        let autoencoder = autoencoder.map_err(unfit("the autoencoder", path))?;
        Ok((autoencoder, blake3::hash(&bytes)))
    }

    /// The U-Net of the stage before, learning.
    fn start(&self, start: &Start<'_>) -> Result<Instruct, FollowError> {
        let bytes = self.read("the stage before", start.weights)?;
        let learning = self.device.clone().autodiff();
        let net = Instruct::read(&bytes, &learning, Precision::Bf16);
        let net = net.map_err(unfit("the stage before", start.weights))?;
        Ok(if start.paper_wiring {
            net.as_in_the_paper()
        } else {
            net
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
        let encoder = TextEncoder::shipped(self.device)?;
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
