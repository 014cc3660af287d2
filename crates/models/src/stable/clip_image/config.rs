//! The sizes of an image encoder.

use serde::{Deserialize, Serialize};

use super::read::refused;
use crate::{
    WeightsError,
    stable::clip::{Activation, layer::Sizes},
};

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
