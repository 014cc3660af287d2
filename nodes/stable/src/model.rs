//! The U-Net as a value: where its weights are, what is added to them, and what leads it.

use std::sync::Arc;

use weft_diffusion::{Prediction, Trained};
use weft_models::stable::{
    File, Lora,
    kl::Scale,
    unet::{Config, UNet},
};
use weft_node::{
    Context, Error, Result,
    value::{Digest, Hasher, Value},
};

use crate::{
    guides::Guides,
    source::{Source, held},
};

/// A U-Net of Stable Diffusion with what leads it; a handle that is cheap to copy. Its weights are read when it is
/// first used, and the host holds them.
#[derive(Clone, Debug)]
pub struct StableModel {
    pub(crate) source: Source,
    pub(crate) config: Arc<Config>,
    /// What people call the family.
    pub(crate) family: Arc<str>,
    /// That of its latents.
    pub(crate) scale: Scale,
    pub(crate) prediction: Prediction,
    pub(crate) trained: Arc<Trained>,
    pub(crate) loras: Vec<Strong>,
    pub(crate) half: bool,
    pub(crate) guides: Guides,
}

/// A LoRA with its strength.
#[derive(Clone, Debug)]
pub(crate) struct Strong {
    pub(crate) source: Source,
    pub(crate) strength: f32,
}

impl Strong {
    pub(crate) fn digest(&self) -> Digest {
        Hasher::new("lora")
            .digest(&self.source.digest())
            .field(&self.strength.to_le_bytes())
            .finish()
    }
}

/// What to do about a file of other weights.
pub(crate) const WHOLE: &str = "take the single file of a whole Stable Diffusion 1, 2 or XL model, or the model_index.json of a folder of diffusers";

impl StableModel {
    /// The network.
    ///
    /// # Errors
    /// A file that cannot be read or does not fit.
    pub(crate) fn net(&self, context: &Context) -> Result<Arc<UNet>> {
        held(context, self.weights(), || {
            with_loras(&self.loras, context, |loras| {
                self.source.network(context, (self.half, WHOLE), |file| {
                    let file = File { loras, ..file };
                    UNet::read(file, &self.config)
                })
            })
        })
    }

    /// The hash of the weights as they are used.
    fn weights(&self) -> Digest {
        let mut hasher = Hasher::new("unet");
        hasher.digest(&self.source.digest());
        hasher.number(u64::from(self.half));
        hasher.field(format!("{:?}", self.config).as_bytes());
        for lora in used(&self.loras) {
            hasher.digest(&lora.digest());
        }
        hasher.finish()
    }
}

/// Those that change anything.
pub(crate) fn used(loras: &[Strong]) -> impl Iterator<Item = &Strong> {
    loras.iter().filter(|lora| lora.strength != 0.0)
}

/// Reads the LoRAs, and then what they are added to.
///
/// # Errors
/// A LoRA that cannot be read, and those of `read`, which name the LoRAs as well.
pub(crate) fn with_loras<T>(
    loras: &[Strong],
    context: &Context,
    read: impl FnOnce(&[(&Lora, f32)]) -> Result<T>,
) -> Result<T> {
    let mut found = Vec::new();
    for strong in used(loras) {
        let lora = lora(&strong.source, context)?;
        found.push((lora, strong.strength));
    }
    let given: Vec<_> = found.iter().map(|(lora, by)| (lora, *by)).collect();
    read(&given).map_err(|error| match (used(loras).last(), error) {
        (Some(last), Error::Input { message, .. }) => {
            last.source.refused(&format!("{message}\nwith the LoRA"))
        }
        (_, error) => error,
    })
}

/// Reads a LoRA.
///
/// # Errors
/// The file cannot be read, or is none.
pub(crate) fn lora(source: &Source, context: &Context) -> Result<Lora> {
    let cure = "take a plain LoRA of kohya's programs, peft or diffusers";
    source.read(context.device(), cure, |file| {
        Lora::read(file.bytes, file.device)
    })
}

impl Value for StableModel {
    const TYPE: &'static str = "StableModel";

    fn bytes(&self) -> u64 {
        // The networks are held, and counted, by the host.
        size_of::<Self>() as u64 + self.guides.bytes()
    }
    fn digest(&self) -> Option<Digest> {
        // What leads it is on the device.
        if !self.guides.is_empty() {
            return None;
        }
        let told = format!("{:?} {:?} {}", self.prediction, self.scale, self.family);
        let mut hasher = Hasher::new(Self::TYPE);
        hasher.digest(&self.weights()).field(told.as_bytes());
        for level in self.trained.levels() {
            hasher.field(&level.to_le_bytes());
        }
        Some(hasher.finish())
    }
    fn is_current(&self) -> bool {
        let loras = self.loras.iter().map(|lora| &lora.source);
        let controls = self.guides.controls.iter().map(|led| &led.net.source);
        let mut all = [&self.source].into_iter().chain(loras).chain(controls);
        let shown = self.guides.pictures.as_ref();
        all.all(Source::is_current) && shown.is_none_or(|shown| shown.tokens.is_current())
    }
}
