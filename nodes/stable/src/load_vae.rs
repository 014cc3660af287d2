//! `stable.LoadVae`.

use burn::tensor::Device;
use weft_models::stable::kl::{Config, Scale};
use weft_node::{Choice, Context, Effect, Facts, Inputs, Node, Result, value::File};

use crate::{
    Vae,
    single::GROUPS,
    source::{Source, glance},
    vae::CURE,
};

/// The scale of an autoencoder's latents, which its file does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum LatentScale {
    /// That of Stable Diffusion 1 and 2.
    One,
    /// That of SDXL.
    Xl,
}

/// Load an autoencoder, in place of the one of a checkpoint.
///
/// From a file of its own, as diffusers or the paper's program write it, or out of the file of a whole model. A
/// `config.json` beside a file of diffusers tells the scale of the latents.
#[derive(Inputs)]
pub struct LoadVae {
    /// A safetensors file.
    pub file: File,
    /// The family whose latents it knows, where no `config.json` tells it.
    #[input(default = LatentScale::One)]
    pub family: LatentScale,
    /// Compute in bf16: faster where the processor has it, and off by some thousandths.
    #[input(default = false)]
    pub half: bool,
}

impl Node for LoadVae {
    const ID: &'static str = "stable.LoadVae";
    const EFFECT: Effect = Effect::Reads;
    type Output = Vae;

    fn check(facts: &Facts<'_>) -> Result<()> {
        let file = facts.get::<File>("file");
        file.map_or(Ok(()), |file| glance("file", &file))
    }

    fn run(self, _: &mut Context) -> Result<Vae> {
        let source = Source::open("file", &self.file)?;
        let scale = match self.family {
            LatentScale::One => Scale::ONE,
            LatentScale::Xl => Scale::XL,
        };
        let config = match source.config() {
            Some(json) => Config::from_json(json)
                .map_err(|why| source.refused(&format!("{why}, by the config.json beside it")))?,
            None => source.read(&Device::flex(), CURE, |file| {
                Config::derived(file, GROUPS, scale)
            })?,
        };
        Ok(Vae {
            source,
            config,
            half: self.half,
        })
    }
}
