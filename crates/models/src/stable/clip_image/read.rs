//! Reads an image encoder; its own names are those of transformers.

use weft_tensor::ConvOptions;

use super::{ClipImage, Config};
use crate::{
    WeightsError,
    layers::Conv,
    stable::{
        File,
        clip::layer::Layer,
        layout::{Layout, Renames},
        source::Source,
    },
};

const NAME: &str = "the CLIP image encoder";

pub(super) fn refused(why: String) -> WeightsError {
    WeightsError::Config { network: NAME, why }
}

/// A file of both encoders of CLIP is of text too, and all have what is no number of the network.
fn is_other(key: &str) -> bool {
    let is_ours = key.starts_with("vision_model.") || key.starts_with("visual_projection.");
    let is_of_clip = key.starts_with("text_") || key == "logit_scale";
    (!is_ours && is_of_clip) || key.ends_with("position_ids")
}

pub(super) fn source(file: File<'_>) -> Result<Source<'_>, WeightsError> {
    Source::new(file, NAME, |weights| {
        Ok(Layout::new(weights, "", Renames::identity(), is_other))
    })
}

impl ClipImage {
    /// Reads a file of transformers.
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or not one of this network in these sizes: then every key that does
    /// not fit is named.
    pub fn read(file: File<'_>, config: &Config) -> Result<Self, WeightsError> {
        config.check().map_err(refused)?;
        let mut source = source(file)?;
        let (width, patch, epsilon) = (config.width, config.patch, config.epsilon);
        let inner = |leaf: &str| format!("vision_model.{leaf}");
        let kernel = inner("embeddings.patch_embedding.weight");
        let positions = inner("embeddings.position_embedding.weight");
        let layer = |i| {
            Layer::read(
                &mut source,
                &inner(&format!("encoder.layers.{i}")),
                config.layer(),
            )
        };
        let layers = (0..config.layers).map(layer).collect();
        let network = Self {
            layers,
            patches: Conv {
                weight: source.param(&kernel, [width, 3, patch, patch]),
                bias: None,
                options: ConvOptions::default().with_stride(patch),
                precision: file.precision,
            },
            class: source.param(&inner("embeddings.class_embedding"), [width]),
            positions: source.param(&positions, [config.tokens(), width]),
            // The name is spelt so.
            first_norm: source.layer_norm(&inner("pre_layrnorm"), width, epsilon),
            last_norm: source.layer_norm(&inner("post_layernorm"), width, epsilon),
            projection: source.plain_linear("visual_projection", [width, config.projection]),
            config: config.clone(),
        };
        source.finish(NAME)?;
        Ok(network)
    }
}
