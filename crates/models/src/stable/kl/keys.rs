//! What files call the tensors of an autoencoder, and the sizes that their shapes tell. The network's own names are
//! those of diffusers.

use weft_tensor::ConvOptions;

use super::{
    AutoencoderKl, Config, Scale,
    halves::{Decoder, Encoder},
};
use crate::{
    Weights, WeightsError,
    stable::{
        File,
        layout::{Layout, Renames},
        source::Source,
    },
};

pub(super) const NAME: &str = "the autoencoder";

pub(super) fn refused(why: String) -> WeightsError {
    WeightsError::Config { network: NAME, why }
}

/// Before all keys.
const ROOTS: [&str; 3] = ["", "first_stage_model.", "vae."];
/// The keys by which the names are known: of diffusers, and of a single file.
const SIGNS: [&str; 2] = [
    "decoder.up_blocks.0.resnets.0.norm1.weight",
    "decoder.up.0.block.0.norm1.weight",
];

/// Where the tensors lie.
fn layout(weights: &mut Weights<'_>) -> Result<Layout, String> {
    let places = ROOTS
        .iter()
        .flat_map(|root| SIGNS.map(|sign| (*root, sign)));
    let is_there = |(root, sign): &(&str, &str)| weights.shape(&[*root, *sign].concat()).is_some();
    let Some((root, sign)) = places.clone().find(is_there) else {
        let signs: Vec<_> = places.map(|(root, sign)| [root, sign].concat()).collect();
        return Err(format!("none of its keys is {}", signs.join(" or ")));
    };
    let keys: Vec<_> = weights
        .keys()
        .filter_map(|(key, _)| key.strip_prefix(root))
        .map(str::to_owned)
        .collect();
    let renames = if sign == SIGNS[1] {
        of_single(&keys)
    } else {
        of_diffusers(&keys)
    };
    // What it was trained with.
    let is_idle = |key: &str| key.starts_with("loss.") || key.starts_with("model_ema.");
    Ok(Layout::new(weights, root, renames, is_idle))
}

/// The halves of the network.
const HALVES: [&str; 2] = ["encoder", "decoder"];

/// Diffusers had other names for attention before its version 0.17, and published files have them.
const OLD_ATTENTION: &[(&str, &str)] = &[
    ("query", "to_q"),
    ("key", "to_k"),
    ("value", "to_v"),
    ("proj_attn", "to_out.0"),
];

const ATTENTION: &[(&str, &str)] = &[
    ("norm", "group_norm"),
    ("q", "to_q"),
    ("k", "to_k"),
    ("v", "to_v"),
    ("proj_out", "to_out.0"),
];

fn of_diffusers(keys: &[String]) -> Renames {
    let mut renames = Renames::identity();
    let attention = HALVES.map(|half| format!("{half}.mid_block.attentions.0"));
    if keys
        .iter()
        .any(|key| *key == format!("{}.query.weight", attention[1]))
    {
        for name in &attention {
            renames.add_each(name, name, OLD_ATTENTION);
        }
    }
    renames
}

/// How many of `name.0`, `name.1`, … there are.
fn count(keys: &[String], name: &str) -> usize {
    let there = |i: &usize| {
        let prefix = format!("{name}.{i}.");
        keys.iter().any(|key| key.starts_with(&prefix))
    };
    (0..).take_while(there).count()
}

/// The names of a single file, which counts the levels of the decoder from the picture.
fn of_single(keys: &[String]) -> Renames {
    let mut renames = Renames::identity();
    for half in HALVES {
        let (theirs, ours) = (format!("{half}.mid"), format!("{half}.mid_block"));
        renames.add(format!("{half}.norm_out"), format!("{half}.conv_norm_out"));
        renames.add(format!("{theirs}.block_1"), format!("{ours}.resnets.0"));
        renames.add(format!("{theirs}.block_2"), format!("{ours}.resnets.1"));
        let attention = format!("{ours}.attentions.0");
        renames.add_each(&format!("{theirs}.attn_1"), &attention, ATTENTION);
    }
    let levels = count(keys, "decoder.up");
    for level in 0..levels {
        let above = levels - 1 - level;
        let down = [
            format!("encoder.down.{level}"),
            format!("encoder.down_blocks.{level}"),
        ];
        let up = [
            format!("decoder.up.{level}"),
            format!("decoder.up_blocks.{above}"),
        ];
        add_level(&mut renames, keys, down, "down");
        add_level(&mut renames, keys, up, "up");
    }
    renames
}

/// The residual blocks of a level, and the convolution that leads to the next.
fn add_level(renames: &mut Renames, keys: &[String], [theirs, ours]: [String; 2], way: &str) {
    renames.add(
        format!("{theirs}.{way}sample"),
        format!("{ours}.{way}samplers.0"),
    );
    for i in 0..count(keys, &format!("{theirs}.block")) {
        let (theirs, ours) = (format!("{theirs}.block.{i}"), format!("{ours}.resnets.{i}"));
        renames.add(theirs.clone(), ours.clone());
        renames.add_each(&theirs, &ours, &[("nin_shortcut", "conv_shortcut")]);
    }
}

impl Config {
    /// The sizes that the keys and shapes of a file tell of its autoencoder. They do not tell the groups of each
    /// normalisation, 32 in all that are published, nor the scale of the latents.
    ///
    /// # Errors
    /// No safetensors file, or none with an autoencoder of this kind.
    pub fn derived(file: File<'_>, groups: usize, scale: Scale) -> Result<Self, WeightsError> {
        let source = Source::new(file, NAME, layout)?;
        let read = || -> Result<Self, String> {
            let [_, latents, _, _] = source.shape("decoder.conv_in.weight")?;
            let width = |level| -> Result<usize, String> {
                let key = format!("encoder.down_blocks.{level}.resnets.0.conv1.weight");
                let [width, _, _, _] = source.shape(&key)?;
                Ok(width)
            };
            let levels = 0..source.count("encoder.down_blocks");
            let config = Self {
                latents,
                widths: levels.map(width).collect::<Result<_, _>>()?,
                layers: source.count("encoder.down_blocks.0.resnets"),
                groups,
                is_joined: source.has("quant_conv.weight"),
                scale,
            };
            config.check()?;
            Ok(config)
        };
        read().map_err(refused)
    }
}

impl AutoencoderKl {
    /// Reads a file of diffusers, or the autoencoder of a single file of a whole model.
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or not one of this network in these sizes: then every key that does
    /// not fit is named.
    pub fn read(file: File<'_>, config: &Config) -> Result<Self, WeightsError> {
        config.check().map_err(refused)?;
        let mut source = Source::new(file, NAME, layout)?;
        let latents = config.latents;
        let mut join = |name: &str, channels| {
            let join = config.is_joined.then_some(name);
            join.map(|name| source.conv(name, [channels; 2], 1, ConvOptions::default()))
        };
        let joins = [
            join("quant_conv", 2 * latents),
            join("post_quant_conv", latents),
        ];
        let network = Self {
            encoder: Encoder::read(&mut source, config),
            decoder: Decoder::read(&mut source, config),
            joins,
            config: config.clone(),
        };
        source.finish(NAME)?;
        Ok(network)
    }
}
