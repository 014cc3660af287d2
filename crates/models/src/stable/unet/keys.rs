//! What files call the tensors of a U-Net or a ControlNet. The network's own names are those of diffusers.

use std::collections::BTreeSet;

use super::Config;
use crate::{
    Weights, WeightsError,
    stable::layout::{Layout, Renames},
};

pub(in crate::stable) const NAME: &str = "the U-Net";

pub(in crate::stable) fn refused(why: String) -> WeightsError {
    WeightsError::Config { network: NAME, why }
}

/// Where a network lies in a published file.
pub(in crate::stable) struct Naming {
    /// Before all keys.
    pub(in crate::stable) root: &'static str,
    /// The key behind the root by which the naming is known.
    pub(in crate::stable) sign: &'static str,
    /// Whether its blocks are numbered through, as in a single file.
    pub(in crate::stable) is_single: bool,
}

/// Every place of a U-Net.
const NAMINGS: &[Naming] = &[
    diffusers(""),
    diffusers("unet."),
    single("model.diffusion_model."),
    single("diffusion_model."),
    single(""),
];

const fn diffusers(root: &'static str) -> Naming {
    let sign = "up_blocks.0.resnets.0.norm1.weight";
    Naming {
        root,
        sign,
        is_single: false,
    }
}

const fn single(root: &'static str) -> Naming {
    let sign = "output_blocks.0.0.in_layers.0.weight";
    Naming {
        root,
        sign,
        is_single: true,
    }
}

/// Where the tensors of the U-Net lie.
pub(in crate::stable) fn layout(weights: &mut Weights<'_>) -> Result<Layout, String> {
    layout_of(weights, NAMINGS)
}

/// Where the tensors of a network lie that is named in one of these ways.
pub(in crate::stable) fn layout_of(
    weights: &mut Weights<'_>,
    namings: &[Naming],
) -> Result<Layout, String> {
    let sign = |naming: &Naming| [naming.root, naming.sign].concat();
    let naming = namings
        .iter()
        .find(|naming| weights.shape(&sign(naming)).is_some());
    let Some(naming) = naming else {
        let signs: Vec<_> = namings.iter().map(sign).collect();
        return Err(format!("none of its keys is {}", signs.join(" or ")));
    };
    let renames = if naming.is_single {
        let keys = weights
            .keys()
            .filter_map(|(key, _)| key.strip_prefix(naming.root));
        of_single(&keys.map(str::to_owned).collect())
    } else {
        Renames::identity()
    };
    Ok(Layout::new(weights, naming.root, renames, |_| false))
}

const FIXED: &[(&str, &str)] = &[
    ("input_blocks.0.0", "conv_in"),
    ("time_embed.0", "time_embedding.linear_1"),
    ("time_embed.2", "time_embedding.linear_2"),
    ("label_emb.0.0", "add_embedding.linear_1"),
    ("label_emb.0.2", "add_embedding.linear_2"),
    ("out.0", "conv_norm_out"),
    ("out.2", "conv_out"),
    ("middle_block_out.0", "controlnet_mid_block"),
    ("input_hint_block.0", "controlnet_cond_embedding.conv_in"),
    ("input_hint_block.14", "controlnet_cond_embedding.conv_out"),
];

const RESIDUAL: &[(&str, &str)] = &[
    ("in_layers.0", "norm1"),
    ("in_layers.2", "conv1"),
    ("emb_layers.1", "time_emb_proj"),
    ("out_layers.0", "norm2"),
    ("out_layers.3", "conv2"),
    ("skip_connection", "conv_shortcut"),
];

/// The convolutions of a ControlNet between its first and last of the picture.
const HINTS: usize = 6;

/// The names of a single file, in which the blocks of all levels are numbered through.
fn of_single(keys: &BTreeSet<String>) -> Renames {
    let mut renames = Renames::default();
    for &(theirs, ours) in FIXED {
        renames.add(theirs, ours);
    }
    for i in 0..HINTS {
        let theirs = format!("input_hint_block.{}", 2 * i + 2);
        renames.add(theirs, format!("controlnet_cond_embedding.blocks.{i}"));
    }
    let last = way_down(keys, &mut renames);
    for i in 0..last {
        renames.add(
            format!("zero_convs.{i}.0"),
            format!("controlnet_down_blocks.{i}"),
        );
    }
    renames.add_each("middle_block.0", "mid_block.resnets.0", RESIDUAL);
    renames.add("middle_block.1", "mid_block.attentions.0");
    renames.add_each("middle_block.2", "mid_block.resnets.1", RESIDUAL);
    way_up(keys, &mut renames);
    renames
}

/// Whether there is a key of that prefix.
fn has(keys: &BTreeSet<String>, prefix: &str) -> bool {
    let prefix = format!("{prefix}.");
    let next = keys.range(prefix.clone()..).next();
    next.is_some_and(|key| key.starts_with(&prefix))
}

/// The number of blocks, the first convolution among them.
fn way_down(keys: &BTreeSet<String>, renames: &mut Renames) -> usize {
    let (mut level, mut i, mut block) = (0, 0, 1);
    loop {
        let theirs = format!("input_blocks.{block}");
        let ours = format!("down_blocks.{level}");
        if has(keys, &format!("{theirs}.0.op")) {
            renames.add(
                format!("{theirs}.0.op"),
                format!("{ours}.downsamplers.0.conv"),
            );
            (level, i) = (level + 1, 0);
        } else if has(keys, &format!("{theirs}.0")) {
            renames.add_each(
                &format!("{theirs}.0"),
                &format!("{ours}.resnets.{i}"),
                RESIDUAL,
            );
            renames.add(format!("{theirs}.1"), format!("{ours}.attentions.{i}"));
            i += 1;
        } else {
            return block;
        }
        block += 1;
    }
}

fn way_up(keys: &BTreeSet<String>, renames: &mut Renames) {
    let (mut level, mut i) = (0, 0);
    for block in 0.. {
        let theirs = format!("output_blocks.{block}");
        let ours = format!("up_blocks.{level}");
        if !has(keys, &format!("{theirs}.0")) {
            return;
        }
        renames.add_each(
            &format!("{theirs}.0"),
            &format!("{ours}.resnets.{i}"),
            RESIDUAL,
        );
        let enlarging = (1..=2).find(|part| has(keys, &format!("{theirs}.{part}.conv")));
        if enlarging != Some(1) {
            renames.add(format!("{theirs}.1"), format!("{ours}.attentions.{i}"));
        }
        i += 1;
        if let Some(part) = enlarging {
            renames.add(
                format!("{theirs}.{part}.conv"),
                format!("{ours}.upsamplers.0.conv"),
            );
            (level, i) = (level + 1, 0);
        }
    }
}

/// The names that a single file has for a U-Net of these sizes.
pub(super) fn numbered(config: &Config) -> Renames {
    let depths: Vec<_> = config.levels.iter().map(|level| level.depth).collect();
    let mut keys = BTreeSet::new();
    let mut block = 1;
    for level in 0..depths.len() {
        for _ in 0..config.layers {
            keys.insert(format!("input_blocks.{block}.0.in_layers."));
            block += 1;
        }
        if level + 1 < depths.len() {
            keys.insert(format!("input_blocks.{block}.0.op."));
            block += 1;
        }
    }
    let each = config.layers + 1;
    for (level, depth) in depths.iter().rev().enumerate() {
        for block in level * each..(level + 1) * each {
            keys.insert(format!("output_blocks.{block}.0.in_layers."));
        }
        if level + 1 < depths.len() {
            let part = if *depth > 0 { 2 } else { 1 };
            keys.insert(format!(
                "output_blocks.{}.{part}.conv.",
                (level + 1) * each - 1
            ));
        }
    }
    of_single(&keys)
}
