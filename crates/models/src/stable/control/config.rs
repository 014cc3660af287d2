//! The sizes of a ControlNet.

use serde::{Deserialize, Serialize};

use super::read::{NAME, layout, refused};
use crate::{
    WeightsError,
    stable::{
        File,
        source::Source,
        unet::{self, Unsaid},
    },
};

/// The sizes of a ControlNet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Those of the U-Net that it leads.
    pub trunk: unet::Config,
    /// Channels of the picture.
    pub colors: usize,
    /// Channels of the picture's features, from the finest; each further one halves the resolution.
    pub hints: Vec<usize>,
}

/// What diffusers writes beside the weights, besides what it writes of a U-Net.
#[derive(Deserialize)]
struct Told {
    conditioning_channels: Option<usize>,
    conditioning_embedding_out_channels: Vec<usize>,
}

impl Config {
    /// Reads the `config.json` of diffusers, of a `ControlNetModel`.
    ///
    /// # Errors
    /// It is none, its sizes do not go together, or it has settings of another kind of network.
    pub fn from_json(json: &str) -> Result<Self, WeightsError> {
        let told: Told = serde_json::from_str(json).map_err(|error| refused(error.to_string()))?;
        let config = Self {
            trunk: unet::Config::told(json).map_err(refused)?,
            colors: told.conditioning_channels.unwrap_or(3),
            hints: told.conditioning_embedding_out_channels,
        };
        config.check().map_err(refused)?;
        Ok(config)
    }

    /// The sizes that the keys and shapes of a file tell.
    ///
    /// # Errors
    /// No safetensors file, or none of a ControlNet.
    pub fn derived(file: File<'_>, unsaid: &Unsaid) -> Result<Self, WeightsError> {
        let source = Source::new(file, NAME, layout)?;
        let read = || -> Result<Self, String> {
            let hint = "controlnet_cond_embedding";
            let [first, colors, _, _] = source.shape(&format!("{hint}.conv_in.weight"))?;
            let mut hints = vec![first];
            for i in 0..source.count(&format!("{hint}.blocks")) / 2 {
                let key = format!("{hint}.blocks.{}.weight", 2 * i + 1);
                let [width, _, _, _] = source.shape(&key)?;
                hints.push(width);
            }
            let mut trunk = unet::Config::of(&source, unsaid)?;
            trunk.outputs = trunk.inputs;
            let config = Self {
                trunk,
                colors,
                hints,
            };
            config.check()?;
            Ok(config)
        };
        read().map_err(refused)
    }

    /// Pixels of the picture, along a side, for one of the latents.
    pub fn factor(&self) -> usize {
        1 << (self.hints.len() - 1)
    }

    /// Whether the sizes go together; else why not.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.hints.is_empty() || self.hints.contains(&0) || self.colors == 0 {
            return Err("a ControlNet has features of its picture, and no size of 0".to_owned());
        }
        self.trunk.check()
    }
}
