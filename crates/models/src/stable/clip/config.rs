//! The sizes of a text encoder.

use serde::{Deserialize, Serialize};

use super::{keys::NAME, layer::Sizes};
use crate::WeightsError;

/// The sizes of a text encoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Words of the vocabulary.
    pub words: usize,
    /// Tokens that a text may have.
    pub positions: usize,
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
    /// Channels of the whole text after its projection, if there is one.
    pub projection: Option<usize>,
    /// Which token stands for the whole text.
    pub end: End,
    /// Added to variances.
    pub epsilon: f64,
}

/// The activation of a layer's dense part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// `x · σ(1.702 · x)`: that of CLIP.
    QuickGelu,
    /// `x · Φ(x)`: that of OpenCLIP.
    Gelu,
}

/// Which token stands for the whole text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The first of the highest id.
    Highest,
    /// The first of this id; the first of all if there is none.
    Word(u32),
}

/// What transformers writes beside the weights.
#[derive(Deserialize)]
struct Told {
    vocab_size: usize,
    max_position_embeddings: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    hidden_act: Activation,
    projection_dim: Option<usize>,
    eos_token_id: Option<u32>,
    layer_norm_eps: Option<f64>,
    #[serde(default)]
    architectures: Vec<String>,
}

/// What old files say is the last token, though it is not; they go by the highest.
const NO_END: u32 = 2;

impl Config {
    /// Reads the `config.json` of transformers, of a `CLIPTextModel` or a `CLIPTextModelWithProjection`.
    ///
    /// # Errors
    /// It is none, or it tells of sizes that do not go together or an activation that is not known.
    pub fn from_json(json: &str) -> Result<Self, WeightsError> {
        let refused = |why| WeightsError::Config { network: NAME, why };
        let told: Told = serde_json::from_str(json).map_err(|error| refused(error.to_string()))?;
        let projects = |name: &String| name.ends_with("WithProjection");
        let is_projected = told.architectures.iter().any(projects);
        let config = Self {
            words: told.vocab_size,
            positions: told.max_position_embeddings,
            width: told.hidden_size,
            layers: told.num_hidden_layers,
            heads: told.num_attention_heads,
            dense: told.intermediate_size,
            activation: told.hidden_act,
            projection: told.projection_dim.filter(|_| is_projected),
            end: match told.eos_token_id {
                None | Some(NO_END) => End::Highest,
                Some(id) => End::Word(id),
            },
            epsilon: told.layer_norm_eps.unwrap_or(1e-5),
        };
        config.check().map_err(refused)?;
        Ok(config)
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
        let sizes = [self.words, self.positions, self.width, self.layers];
        if sizes.contains(&0) || self.heads == 0 || self.dense == 0 {
            return Err("a text encoder has no size of 0".to_owned());
        }
        if !self.width.is_multiple_of(self.heads) {
            let (heads, width) = (self.heads, self.width);
            return Err(format!("{heads} heads do not divide {width} channels"));
        }
        Ok(())
    }
}
