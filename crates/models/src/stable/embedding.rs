//! Words that are learnt from pictures.

#[cfg(test)]
mod tests;

use burn::tensor::Tensor;

use super::File;
use crate::{Weights, WeightsError};

/// Vectors that stand in a text where a word's would, learnt from pictures (textual inversion; Gal et al., 2022).
#[derive(Clone, Debug)]
pub struct Embedding {
    /// `[tokens, width]` for each text encoder.
    rows: Vec<Tensor<2>>,
}

/// What a person calls it.
const NAME: &str = "the embedding";

/// The key in files for one text encoder.
const ONE: &str = "emb_params";

/// The keys in files for both text encoders of SDXL.
const BOTH: [&str; 2] = ["clip_l", "clip_g"];

impl Embedding {
    /// Reads a safetensors file for one text encoder, as of web programs (`emb_params`) or of diffusers (one tensor,
    /// whose key is the word), or for those of SDXL (`clip_l` and `clip_g`).
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or hold something else.
    pub fn read(file: File<'_>) -> Result<Self, WeightsError> {
        let mut weights = file.weights()?;
        let keys: Vec<String> = weights.keys().map(|(key, _)| key.to_owned()).collect();
        let refused = |why| WeightsError::Config { network: NAME, why };
        let is_there = |key: &str| keys.iter().any(|other| other == key);
        let keys = match keys.as_slice() {
            _ if BOTH.into_iter().any(is_there) => BOTH.map(str::to_owned).to_vec(),
            _ if is_there(ONE) => vec![ONE.to_owned()],
            [only] => vec![only.clone()],
            _ => {
                let why = format!(
                    "it holds {} tensors, and an embedding has one, called {ONE} or as its word, or {}",
                    keys.len(),
                    BOTH.join(" and ")
                );
                return Err(refused(why));
            }
        };
        let mut rows = Vec::with_capacity(keys.len());
        for key in &keys {
            rows.push(vectors(&mut weights, key).map_err(refused)?);
        }
        weights.finish(NAME)?;
        let tokens: Vec<_> = rows.iter().map(|rows| rows.dims()[0]).collect();
        match tokens.iter().find(|count| **count != tokens[0]) {
            None => Ok(Self { rows }),
            Some(other) => Err(refused(format!(
                "it has {} tokens for one text encoder and {other} for the other",
                tokens[0]
            ))),
        }
    }

    /// How many tokens of a text it takes, 1 or more.
    pub fn tokens(&self) -> usize {
        self.rows.first().map_or(0, |rows| rows.dims()[0])
    }

    /// `[tokens, width]` for each text encoder.
    pub fn rows(&self) -> &[Tensor<2>] {
        &self.rows
    }
}

/// The tensor of that key, which may be a single vector.
fn vectors(weights: &mut Weights<'_>, key: &str) -> Result<Tensor<2>, String> {
    let shape = weights.shape(key).unwrap_or_else(|| vec![1, 1]);
    match *shape.as_slice() {
        [width] if width > 0 => Ok(weights.tensor(key, [width]).unsqueeze_dim(0)),
        [tokens, width] if tokens * width > 0 => Ok(weights.tensor(key, [tokens, width])),
        _ => Err(format!("`{key}` is {shape:?}, not [tokens, width]")),
    }
}
