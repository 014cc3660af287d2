//! The sizes of an autoencoder, and the scale of its latents.

use serde::{Deserialize, Serialize};

use super::keys::refused;
use crate::{WeightsError, layers::grouped};

/// The sizes of an autoencoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Channels of the latents.
    pub latents: usize,
    /// Channels of each level, from that of the picture; each further one halves the resolution.
    pub widths: Vec<usize>,
    /// Residual blocks of each level on the way down; one more on the way up.
    pub layers: usize,
    /// Groups of each normalisation.
    pub groups: usize,
    /// Whether a 1×1 convolution stands between each half and the latents.
    pub is_joined: bool,
    /// That of the latents.
    pub scale: Scale,
}

/// `(latents - shift) · factor` are about 0 with a deviation of 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// What they are multiplied by.
    pub factor: f32,
    /// What is taken from them first.
    pub shift: f32,
}

impl Config {
    /// Bytes that a pixel takes while it is decoded, or encoded, in `f32`: at the full resolution two feature maps of
    /// the level below and three of the first lie in memory at once.
    pub fn pixel_bytes(&self) -> u64 {
        let first = self.widths.first().copied().unwrap_or_default();
        let below = self.widths.get(1).copied().unwrap_or(first);
        4 * (3 * first + 2 * below) as u64
    }
}

impl Scale {
    /// Stable Diffusion 1 and 2.
    pub const ONE: Self = Self {
        factor: 0.18215,
        shift: 0.0,
    };
    /// SDXL.
    pub const XL: Self = Self {
        factor: 0.13025,
        shift: 0.0,
    };
}

/// What diffusers writes beside the weights.
#[derive(Deserialize)]
struct Told {
    latent_channels: usize,
    block_out_channels: Vec<usize>,
    layers_per_block: usize,
    norm_num_groups: Option<usize>,
    scaling_factor: Option<f32>,
    shift_factor: Option<f32>,
    use_quant_conv: Option<bool>,
    use_post_quant_conv: Option<bool>,
    mid_block_add_attention: Option<bool>,
    act_fn: Option<String>,
}

impl Config {
    /// Reads the `config.json` of diffusers, of an `AutoencoderKL`.
    ///
    /// # Errors
    /// It is none, its sizes do not go together, or it has settings of another kind of network.
    pub fn from_json(json: &str) -> Result<Self, WeightsError> {
        let told: Told = serde_json::from_str(json).map_err(|error| refused(error.to_string()))?;
        told.check().map_err(refused)?;
        let config = Self {
            latents: told.latent_channels,
            widths: told.block_out_channels,
            layers: told.layers_per_block,
            groups: told.norm_num_groups.unwrap_or(32),
            is_joined: told.use_quant_conv != Some(false),
            scale: Scale {
                factor: told.scaling_factor.unwrap_or(Scale::ONE.factor),
                shift: told.shift_factor.unwrap_or(0.0),
            },
        };
        config.check().map_err(refused)?;
        Ok(config)
    }

    /// Pixels of a picture, along a side, that become one of the latents.
    pub fn factor(&self) -> usize {
        1 << (self.widths.len() - 1)
    }

    /// Whether the sizes go together; else why not.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.latents == 0 || self.layers == 0 || !(1..=8).contains(&self.widths.len()) {
            return Err("an autoencoder has 1 to 8 levels and no size of 0".to_owned());
        }
        grouped(self.groups, &self.widths)
    }
}

impl Told {
    fn check(&self) -> Result<(), String> {
        if self.use_quant_conv.unwrap_or(true) != self.use_post_quant_conv.unwrap_or(true) {
            return Err("`use_quant_conv` and `use_post_quant_conv` differ".to_owned());
        }
        if self.mid_block_add_attention == Some(false) {
            return Err("`mid_block_add_attention` is false; only true is read".to_owned());
        }
        match self.act_fn.as_deref() {
            None | Some("silu") => Ok(()),
            Some(other) => Err(format!("`act_fn` is {other}; only silu is read")),
        }
    }
}
