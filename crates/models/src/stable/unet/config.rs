//! The sizes of a U-Net, as data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::layers::grouped;

/// The sizes of a U-Net, or of the half of one that a ControlNet is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Channels that come in: 4 of the latents; 9 for inpainting, with a mask and the latents of what stays.
    pub inputs: usize,
    /// Channels that come out.
    pub outputs: usize,
    /// The levels from the finest, each at half the resolution of the one before.
    pub levels: Vec<Level>,
    /// Residual blocks of each level on the way down; one more on the way up.
    pub layers: usize,
    /// Blocks of the transformer in the middle, 0 for none.
    pub middle: usize,
    /// Channels of the text's tokens.
    pub context: usize,
    /// Groups of each normalisation.
    pub groups: usize,
    /// What is added to the time, in SDXL.
    pub added: Option<Added>,
}

/// One resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Channels.
    pub width: usize,
    /// Blocks of the transformer behind each residual block, 0 for none.
    pub depth: usize,
    /// Heads of attention.
    pub heads: usize,
}

/// The sizes of pictures and the whole text, which SDXL adds to the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Added {
    /// Sines and cosines of each size.
    pub waves: usize,
    /// Numbers in all: the waves of the sizes, and the whole text.
    pub inputs: usize,
}

/// What diffusers writes beside the weights.
#[derive(Deserialize)]
struct Told {
    in_channels: usize,
    out_channels: Option<usize>,
    block_out_channels: Vec<usize>,
    down_block_types: Vec<String>,
    up_block_types: Option<Vec<String>>,
    layers_per_block: Each,
    cross_attention_dim: Each,
    transformer_layers_per_block: Option<Each>,
    attention_head_dim: Each,
    num_attention_heads: Option<Each>,
    norm_num_groups: Option<usize>,
    addition_embed_type: Option<String>,
    addition_time_embed_dim: Option<usize>,
    projection_class_embeddings_input_dim: Option<usize>,
}

/// A size of all levels, or one for each.
#[derive(Deserialize)]
#[serde(untagged)]
enum Each {
    All(usize),
    Levels(Vec<usize>),
}

impl Each {
    fn of(&self, level: usize, what: &str) -> Result<usize, String> {
        match self {
            Self::All(size) => Ok(*size),
            Self::Levels(sizes) => sizes
                .get(level)
                .copied()
                .ok_or_else(|| format!("`{what}` has none for level {level}")),
        }
    }

    fn same(&self, what: &str) -> Result<usize, String> {
        let first = self.of(0, what)?;
        match self {
            Self::Levels(sizes) if sizes.iter().any(|&size| size != first) => Err(format!(
                "`{what}` is {sizes:?}; only one size for all levels is read"
            )),
            _ => Ok(first),
        }
    }
}

/// Settings that change the network, and the one value of each that is read, which is that of all published
/// models. An absent one has it.
const SETTINGS: &[(&str, &str)] = &[
    ("act_fn", "\"silu\""),
    ("attention_type", "\"default\""),
    ("center_input_sample", "false"),
    ("class_embed_type", "null"),
    ("class_embeddings_concat", "false"),
    ("controlnet_conditioning_channel_order", "\"rgb\""),
    ("conv_in_kernel", "3"),
    ("conv_out_kernel", "3"),
    ("cross_attention_norm", "null"),
    ("downsample_padding", "1"),
    ("dual_cross_attention", "false"),
    ("encoder_hid_dim_type", "null"),
    ("flip_sin_to_cos", "true"),
    ("freq_shift", "0"),
    ("global_pool_conditions", "false"),
    ("mid_block_scale_factor", "1"),
    ("mid_block_type", "\"UNetMidBlock2DCrossAttn\""),
    ("norm_eps", "1e-5"),
    ("num_class_embeds", "null"),
    ("only_cross_attention", "false"),
    ("resnet_out_scale_factor", "1"),
    ("resnet_skip_time_act", "false"),
    ("resnet_time_scale_shift", "\"default\""),
    ("reverse_transformer_layers_per_block", "null"),
    ("time_cond_proj_dim", "null"),
    ("time_embedding_act_fn", "null"),
    ("time_embedding_dim", "null"),
    ("time_embedding_type", "\"positional\""),
    ("timestep_post_act", "null"),
];

impl Config {
    /// Reads the `config.json` of diffusers, of a `UNet2DConditionModel` or a `ControlNetModel`; else why not.
    pub(in crate::stable) fn told(json: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
        for (setting, wanted) in SETTINGS {
            let found = value.get(setting).filter(|found| !found.is_null());
            if let Some(found) = found.filter(|found| !is(found, wanted)) {
                return Err(format!("`{setting}` is {found}; only {wanted} is read"));
            }
        }
        let told: Told = serde_json::from_value(value).map_err(|error| error.to_string())?;
        let config = told.config()?;
        config.check()?;
        Ok(config)
    }

    /// Channels of the time.
    pub(in crate::stable) fn time(&self) -> usize {
        4 * self.levels[0].width
    }

    /// Whether the sizes go together; else why not.
    pub(in crate::stable) fn check(&self) -> Result<(), String> {
        let sizes = [self.inputs, self.outputs, self.layers, self.context];
        if sizes.contains(&0) || self.levels.is_empty() {
            return Err("a U-Net has no size of 0 and at least one level".to_owned());
        }
        let widths: Vec<_> = self.levels.iter().map(|level| level.width).collect();
        grouped(self.groups, &widths)?;
        let odd = |level: &&Level| level.heads == 0 || !level.width.is_multiple_of(level.heads);
        if let Some(Level { width, heads, .. }) = self.levels.iter().find(odd) {
            return Err(format!("{heads} heads do not divide {width} channels"));
        }
        match self.added {
            Some(Added { waves, inputs })
                if waves == 0 || waves % 2 == 1 || inputs <= 6 * waves =>
            {
                Err(format!(
                    "{waves} waves of six sizes and a text are not {inputs} numbers"
                ))
            }
            _ => Ok(()),
        }
    }
}

impl Told {
    fn config(&self) -> Result<Config, String> {
        let added = match self.addition_embed_type.as_deref() {
            None => None,
            Some("text_time") => Some(Added {
                waves: self.addition_time_embed_dim.unwrap_or(0),
                inputs: self.projection_class_embeddings_input_dim.unwrap_or(0),
            }),
            Some(other) => {
                return Err(format!(
                    "`addition_embed_type` is {other}; only text_time is read"
                ));
            }
        };
        let deepest = self.block_out_channels.len().saturating_sub(1);
        let levels = (0..=deepest)
            .map(|level| self.level(level))
            .collect::<Result<_, _>>()?;
        Ok(Config {
            inputs: self.in_channels,
            outputs: self.out_channels.unwrap_or(self.in_channels),
            levels,
            layers: self.layers_per_block.same("layers_per_block")?,
            middle: self.depth(deepest)?,
            context: self.cross_attention_dim.same("cross_attention_dim")?,
            groups: self.norm_num_groups.unwrap_or(32),
            added,
        })
    }

    fn depth(&self, level: usize) -> Result<usize, String> {
        let depths = self.transformer_layers_per_block.as_ref();
        depths.map_or(Ok(1), |depths| {
            depths.of(level, "transformer_layers_per_block")
        })
    }

    fn level(&self, level: usize) -> Result<Level, String> {
        let width = self.block_out_channels.get(level).copied().unwrap_or(0);
        let down = self.down_block_types.get(level).map(String::as_str);
        let (is_attended, up) = match down {
            Some("CrossAttnDownBlock2D") => (true, "CrossAttnUpBlock2D"),
            Some("DownBlock2D") => (false, "UpBlock2D"),
            other => {
                return Err(format!(
                    "level {level} is {other:?}; only DownBlock2D and CrossAttnDownBlock2D are read"
                ));
            }
        };
        if let Some(ups) = &self.up_block_types
            && ups.iter().rev().nth(level).map(String::as_str) != Some(up)
        {
            return Err(format!("level {level} is no {up} on the way up: {ups:?}"));
        }
        // diffusers calls it the size of a head and means the number of heads (its issue 2011).
        let heads = self
            .num_attention_heads
            .as_ref()
            .unwrap_or(&self.attention_head_dim);
        Ok(Level {
            width,
            depth: if is_attended { self.depth(level)? } else { 0 },
            heads: heads.of(level, "attention_head_dim")?,
        })
    }
}

/// Whether a setting has that value; numbers may be written in several ways.
fn is(found: &Value, wanted: &str) -> bool {
    let number = wanted.parse::<f64>().ok();
    match (found.as_f64(), number) {
        (Some(found), Some(wanted)) => found == wanted,
        _ => serde_json::from_str::<Value>(wanted).is_ok_and(|wanted| wanted == *found),
    }
}
