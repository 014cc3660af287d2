//! `stable.LoadCheckpoint`.

use weft_diffusion::Prediction;
use weft_node::{Choice, Context, Effect, Facts, Inputs, Node, Outputs, Result, value::File};

use crate::{StableModel, TextEncoders, Vae, folder, single, source::glance};

/// What a model predicts.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum Predicts {
    /// The noise: Stable Diffusion 1, most of SDXL, and models for inpainting.
    Eps,
    /// The velocity: Stable Diffusion 2 of 768 pixels, and a few of SDXL.
    V,
}

impl From<Predicts> for Prediction {
    fn from(predicts: Predicts) -> Self {
        match predicts {
            Predicts::Eps => Self::Eps,
            Predicts::V => Self::V,
        }
    }
}

/// Load a checkpoint of Stable Diffusion.
///
/// Stable Diffusion 1, 2, XL and the refiner of XL, from the single safetensors file of a whole model or from a
/// folder of diffusers. The family is known by the file. Pickle files (.ckpt) can run code and are refused.
#[derive(Inputs)]
pub struct LoadCheckpoint {
    /// The safetensors file of a whole model, or the `model_index.json` of a folder of diffusers; on this machine, or
    /// on a hub as `hf:owner/repo/file` or `hf:owner/repo@revision/file`, which is fetched once.
    pub file: File,
    /// What the model predicts; left out, what the file says, or else what is usual for its family.
    pub predicts: Option<Predicts>,
    /// Compute with half as many bits, off by some thousandths: bf16 on the CPU, faster where the processor has it; f16
    /// in the U-Net on a graphics adapter, which halves its memory.
    #[input(default = false)]
    pub half: bool,
}

/// What a checkpoint holds.
#[derive(Debug, Outputs)]
pub struct Checkpoint {
    /// The U-Net.
    pub model: StableModel,
    /// Its text encoders.
    pub encoders: TextEncoders,
    /// Its autoencoder.
    pub vae: Vae,
}

/// The input that names the file.
pub(crate) const INPUT: &str = "file";

fn is_folder(file: &File) -> bool {
    file.path().extension().is_some_and(|end| end == "json") && !file.is_sharded()
}

impl Node for LoadCheckpoint {
    const ID: &'static str = "stable.LoadCheckpoint";
    const EFFECT: Effect = Effect::Reads;
    type Output = Checkpoint;

    fn check(facts: &Facts<'_>) -> Result<()> {
        match facts.get::<File>(INPUT) {
            Some(file) if !is_folder(&file) => glance(INPUT, &file),
            _ => Ok(()),
        }
    }

    fn run(self, _: &mut Context) -> Result<Checkpoint> {
        let predicts = self.predicts.map(Prediction::from);
        let mut found = if is_folder(&self.file) {
            folder::open(&self.file, predicts)?
        } else {
            single::open(&self.file, predicts)?
        };
        found.model.half = self.half;
        found.encoders.half = self.half;
        found.vae.half = self.half;
        Ok(found)
    }
}
