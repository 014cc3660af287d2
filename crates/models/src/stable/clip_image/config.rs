//! The sizes of an image encoder.

use serde::{Deserialize, Serialize};

use super::read::{refused, source};
use crate::{
    WeightsError,
    stable::{
        File,
        clip::{Activation, layer::Sizes},
    },
};

/// Heads of attention in every published size.
const HEADS: usize = 16;
/// Channels of a token of OpenAI's encoder; those of OpenCLIP that adapters are published for have more.
const OF_OPEN_AI: usize = 1024;

/// The sizes of an image encoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Pixels of a picture along each side.
    pub size: usize,
    /// Pixels of a patch along each side.
    pub patch: usize,
    /// Channels of a token.
    pub width: usize,
    /// Layers.
    pub layers: usize,
    /// Heads of attention.
    pub heads: usize,
    /// Channels within the dense part of a layer.
    pub dense: usize,
    /// Between its two dense layers.
    pub activation: Activation,
    /// Channels of the whole picture after its projection.
    pub projection: usize,
    /// Added to variances.
    pub epsilon: f64,
}

/// What transformers writes beside the weights.
#[derive(Deserialize)]
struct Told {
    image_size: usize,
    patch_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    hidden_act: Activation,
    projection_dim: usize,
    layer_norm_eps: Option<f64>,
}

impl Config {
    /// Reads the `config.json` of transformers, of a `CLIPVisionModelWithProjection`.
    ///
    /// # Errors
    /// It is none, or it tells of sizes that do not go together or an activation that is not known.
    pub fn from_json(json: &str) -> Result<Self, WeightsError> {
        let told: Told = serde_json::from_str(json).map_err(|error| refused(error.to_string()))?;
        let config = Self {
            size: told.image_size,
            patch: told.patch_size,
            width: told.hidden_size,
            layers: told.num_hidden_layers,
            heads: told.num_attention_heads,
            dense: told.intermediate_size,
            activation: told.hidden_act,
            projection: told.projection_dim,
            epsilon: told.layer_norm_eps.unwrap_or(1e-5),
        };
        config.check().map_err(refused)?;
        Ok(config)
    }

    /// The sizes that the shapes of a file tell. The heads are 16, as in all that are published with adapters, and the
    /// activation is that of OpenAI's for its width and that of OpenCLIP's for others.
    ///
    /// # Errors
    /// No safetensors file, or none of an image encoder.
    pub fn derived(file: File<'_>) -> Result<Self, WeightsError> {
        let source = source(file)?;
        let read = || -> Result<Self, String> {
            let inner = |leaf: &str| format!("vision_model.{leaf}");
            let [width, _, patch, _] = source.shape(&inner("embeddings.patch_embedding.weight"))?;
            let [tokens, _] = source.shape(&inner("embeddings.position_embedding.weight"))?;
            let [dense, _] = source.shape(&inner("encoder.layers.0.mlp.fc1.weight"))?;
            let [projection, _] = source.shape("visual_projection.weight")?;
            let config = Self {
                size: tokens.saturating_sub(1).isqrt() * patch,
                patch,
                width,
                layers: source.count(&inner("encoder.layers")),
                heads: HEADS,
                dense,
                activation: if width == OF_OPEN_AI {
                    Activation::QuickGelu
                } else {
                    Activation::Gelu
                },
                projection,
                epsilon: 1e-5,
            };
            config.check()?;
            Ok(config)
        };
        read().map_err(refused)
    }

    /// Tokens of a picture: its patches, and one of the whole.
    pub fn tokens(&self) -> usize {
        1 + (self.size / self.patch).pow(2)
    }

    /// Those of a layer.
    pub(super) fn layer(&self) -> Sizes {
        Sizes {
            width: self.width,
            dense: self.dense,
            heads: self.heads,
            activation: self.activation,
            epsilon: self.epsilon,
        }
    }

    /// Whether the sizes go together; else why not.
    pub(super) fn check(&self) -> Result<(), String> {
        let sizes = [self.size, self.patch, self.width, self.layers, self.heads];
        if sizes.contains(&0) || self.dense == 0 || self.projection == 0 {
            return Err("an image encoder has no size of 0".to_owned());
        }
        let (width, heads) = (self.width, self.heads);
        if !width.is_multiple_of(heads) {
            return Err(format!("{heads} heads do not divide {width} channels"));
        }
        if self.patch > self.size {
            return Err(format!(
                "no patch of {} fits {} pixels",
                self.patch, self.size
            ));
        }
        Ok(())
    }
}
