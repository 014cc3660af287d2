//! What files call the tensors of a text encoder, and the sizes that their shapes tell.
//!
//! The network's own names are those of transformers without `text_model.`.

use super::{Activation, Clip, Config, End, layer::Layer};
use crate::{
    Weights, WeightsError,
    stable::{
        File,
        layout::{Layout, Renames},
        lora::{Target, of_text},
        source::Source,
    },
};

pub(super) const NAME: &str = "the CLIP text encoder";

/// Channels of a head in every published size.
const HEAD: usize = 64;

/// One way to name the tensors.
struct Naming {
    /// Before all keys.
    root: &'static str,
    /// The key behind the root by which the naming is known.
    sign: &'static str,
    renames: fn() -> Renames,
    /// The activation of those that are published so.
    activation: Activation,
}

/// Every place where a text encoder lies in a published file.
const NAMINGS: &[Naming] = &[
    hugging("", "text_model.final_layer_norm.weight"),
    // As transformers 5 writes it.
    Naming {
        renames: Renames::identity,
        ..hugging("", "final_layer_norm.weight")
    },
    hugging(
        "cond_stage_model.transformer.",
        "text_model.final_layer_norm.weight",
    ),
    // As some programs write it that merge models.
    Naming {
        renames: Renames::identity,
        ..hugging("cond_stage_model.transformer.", "final_layer_norm.weight")
    },
    open("cond_stage_model.model."),
    hugging(
        "conditioner.embedders.0.transformer.",
        "text_model.final_layer_norm.weight",
    ),
    open("conditioner.embedders.0.model."),
    open("conditioner.embedders.1.model."),
    open(""),
];

const fn hugging(root: &'static str, sign: &'static str) -> Naming {
    Naming {
        root,
        sign,
        renames: of_transformers,
        activation: Activation::QuickGelu,
    }
}

const fn open(root: &'static str) -> Naming {
    Naming {
        root,
        sign: "transformer.resblocks.0.attn.in_proj_weight",
        renames: of_open_clip,
        activation: Activation::Gelu,
    }
}

fn of_transformers() -> Renames {
    let mut renames = Renames::default();
    renames.add("text_model", "");
    renames.add("text_projection", "text_projection");
    renames
}

/// Deeper ones are no text encoders.
const MOST_LAYERS: usize = 64;

fn of_open_clip() -> Renames {
    let mut renames = Renames::default();
    renames.add("token_embedding", "embeddings.token_embedding");
    renames.add(
        "positional_embedding",
        "embeddings.position_embedding.weight",
    );
    renames.add("ln_final", "final_layer_norm");
    renames.add("text_projection", "text_projection.weight{turned}");
    for i in 0..MOST_LAYERS {
        let (theirs, ours) = (
            format!("transformer.resblocks.{i}"),
            format!("encoder.layers.{i}"),
        );
        renames.add_each(
            &theirs,
            &ours,
            &[
                ("ln_1", "layer_norm1"),
                ("ln_2", "layer_norm2"),
                ("attn.in_proj_weight", "self_attn.{qkv}_proj.weight"),
                ("attn.in_proj_bias", "self_attn.{qkv}_proj.bias"),
                ("attn.out_proj", "self_attn.out_proj"),
                ("mlp.c_fc", "mlp.fc1"),
                ("mlp.c_proj", "mlp.fc2"),
            ],
        );
    }
    renames
}

/// What is in files and is no number that a network computes with.
fn is_idle(key: &str) -> bool {
    key.ends_with("position_ids") || key == "logit_scale" || key == "attn_mask"
}

/// The `nth` of the text encoders in a file; a file of one alone is of any.
fn found(weights: &Weights<'_>, nth: usize) -> Result<&'static Naming, String> {
    let mut there = NAMINGS.iter().filter(|naming| {
        let sign = [naming.root, naming.sign].concat();
        weights.shape(&sign).is_some()
    });
    let absent = || {
        let signs = NAMINGS
            .iter()
            .map(|naming| [naming.root, naming.sign].concat());
        let signs: Vec<_> = signs.collect();
        format!(
            "it has no text encoder {nth}; one is known by {}",
            signs.join(" or ")
        )
    };
    let nth = if there.clone().any(|naming| naming.root.is_empty()) {
        0
    } else {
        nth
    };
    there.nth(nth).ok_or_else(absent)
}

impl Config {
    /// The sizes that the keys and shapes of a file tell of its `nth` text encoder, as in [`Clip::read`]. The heads have 64
    /// channels, as in all that are published; the activation follows from the names, which are OpenCLIP's or not.
    ///
    /// # Errors
    /// No safetensors file, or none with that many text encoders.
    pub fn derived(file: File<'_>, nth: usize) -> Result<Self, WeightsError> {
        let (source, naming) = source(file, nth)?;
        let read = || -> Result<Self, String> {
            let [words, width] = source.shape("embeddings.token_embedding.weight")?;
            let [positions, _] = source.shape("embeddings.position_embedding.weight")?;
            let [dense, _] = source.shape("encoder.layers.0.mlp.fc1.weight")?;
            let projection = "text_projection.weight";
            let projection = source.has(projection).then(|| source.shape(projection));
            let config = Self {
                words,
                positions,
                width,
                layers: source.count("encoder.layers"),
                heads: width.div_ceil(HEAD),
                dense,
                activation: naming.activation,
                projection: projection.transpose()?.map(|[outputs, _]| outputs),
                end: End::Highest,
                epsilon: 1e-5,
            };
            config.check()?;
            Ok(config)
        };
        read().map_err(|why| WeightsError::Config { network: NAME, why })
    }
}

fn source(file: File<'_>, nth: usize) -> Result<(Source<'_>, &'static Naming), WeightsError> {
    let mut known = None;
    let source = Source::new(file, NAME, |weights| {
        let naming = found(weights, nth)?;
        known = Some(naming);
        Ok(Layout::new(
            weights,
            naming.root,
            (naming.renames)(),
            is_idle,
        ))
    })?;
    let why = || "it has no text encoder".to_owned();
    let naming = known.ok_or_else(|| WeightsError::Config {
        network: NAME,
        why: why(),
    })?;
    Ok((source, naming))
}

impl Clip {
    /// Reads the `nth` text encoder of a model, from 0, of which SDXL has two: from a file of its own, or from a
    /// single file of the whole model. LoRAs tell the encoders apart by that number.
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or not one of this network in these sizes: then every key that does
    /// not fit is named. Or a LoRA has no place in it.
    pub fn read(file: File<'_>, config: &Config, nth: usize) -> Result<Self, WeightsError> {
        let refused = |why| WeightsError::Config { network: NAME, why };
        config.check().map_err(refused)?;
        let (mut source, _) = source(file, nth)?;
        let aliases = of_text(source.modules());
        source.adapt(Target::Text(nth), &aliases)?;
        let &Config {
            words,
            positions,
            width,
            epsilon,
            ..
        } = config;
        let layer = |i| Layer::read(&mut source, &format!("encoder.layers.{i}"), config.layer());
        let layers = (0..config.layers).map(layer).collect();
        let projection = config.projection;
        let network = Self {
            layers,
            words: source.param("embeddings.token_embedding.weight", [words, width]),
            positions: source.param("embeddings.position_embedding.weight", [positions, width]),
            norm: source.layer_norm("final_layer_norm", width, epsilon),
            projection: projection
                .map(|outputs| source.plain_linear("text_projection", [width, outputs])),
            config: config.clone(),
        };
        source.finish(NAME)?;
        Ok(network)
    }
}
