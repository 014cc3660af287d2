//! Texts to features of tokens and to one vector each.

use burn::tensor::{Device, Float, Int, Tensor, TensorData};
use thiserror::Error;
use weft_tensor::{Precision, constant};

use super::{
    Bert, Text,
    tokens::{Token, Words},
};
use crate::{Network, WeightsError};

/// Why a text cannot be encoded.
#[derive(Debug, Error)]
pub enum TextError {
    /// The weights do not fit.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The tokeniser cannot be used.
    #[error("the tokeniser cannot be used: {0}")]
    Tokenizer(String),
    /// The tokeniser refuses a text.
    #[error("the text cannot be read: {0}")]
    Refused(String),
    /// There is no room.
    #[error("a text has room for {tokens} tokens, not within 2 to {most}")]
    Room {
        /// The tokens asked for.
        tokens: usize,
        /// The most that the encoder was made for.
        most: usize,
    },
}

/// A frozen sentence encoder with its tokeniser. It always computes in `f32`: it runs once a text.
#[derive(Debug)]
pub struct TextEncoder {
    network: Bert,
    words: Words,
    device: Device,
}

/// What is known of texts, one row each.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// Features of the tokens, for a network to attend to.
    pub text: Text,
    /// The mean of a text's tokens, of length 1, `[texts, width]`: the product of two is how alike they are.
    pub sentences: Tensor<2>,
}

/// Texts in one call of the network.
const BATCH: usize = 32;

impl TextEncoder {
    /// Reads the weights (safetensors) and the tokeniser (`tokenizer.json`).
    ///
    /// # Errors
    /// Either of them is damaged or of another encoder, or they are not of one vocabulary.
    pub fn read(weights: &[u8], tokenizer: &[u8], device: &Device) -> Result<Self, TextError> {
        let network = Bert::read(weights, device, Precision::F32)?;
        let words = Words::read(tokenizer).map_err(TextError::Tokenizer)?;
        let (rows, count) = (network.config().words, words.count);
        if rows != count {
            let why = format!("it has {count} words, the weights {rows}; take both of one encoder");
            return Err(TextError::Tokenizer(why));
        }
        Ok(Self {
            network,
            words,
            device: device.clone(),
        })
    }

    /// The encoder that is part of the program.
    ///
    /// # Errors
    /// The program's own copy of it is damaged.
    pub fn shipped(device: &Device) -> Result<Self, TextError> {
        Self::read(weft_shipped::TEXT, weft_shipped::TOKENIZER, device)
    }

    /// How many tokens a text has, with those of its start and end: more than there is room for are cut.
    ///
    /// # Errors
    /// The tokeniser refuses the text.
    pub fn count(&self, text: &str) -> Result<usize, TextError> {
        let tokens = self.words.tokens(text, usize::MAX);
        tokens
            .map(|tokens| tokens.len())
            .map_err(TextError::Refused)
    }

    /// Encodes texts, each cut or filled to `length` tokens ([`super::LENGTH`] if nothing speaks for
    /// another). The room behind a text does not change what is said of it.
    ///
    /// # Panics
    /// There are no texts.
    ///
    /// # Errors
    /// There is no room, or the tokeniser refuses a text.
    pub fn encode(&self, texts: &[&str], length: usize) -> Result<Encoded, TextError> {
        let most = self.network.config().positions;
        if !(2..=most).contains(&length) {
            return Err(TextError::Room {
                tokens: length,
                most,
            });
        }
        let mut parts = Vec::with_capacity(texts.len().div_ceil(BATCH));
        for texts in texts.chunks(BATCH) {
            parts.push(self.encode_batch(texts, length)?);
        }
        let sentences = parts.iter().map(|part| part.sentences.clone()).collect();
        let parts: Vec<_> = parts.into_iter().map(|part| part.text).collect();
        Ok(Encoded {
            text: Text::cat(&parts),
            sentences: Tensor::cat(sentences, 0),
        })
    }

    fn encode_batch(&self, texts: &[&str], length: usize) -> Result<Encoded, TextError> {
        let shape = [texts.len(), length];
        let (mut ids, mut markers, mut mask) = (Vec::new(), Vec::new(), Vec::new());
        for text in texts {
            let tokens = self
                .words
                .tokens(text, length)
                .map_err(TextError::Refused)?;
            let room = length - tokens.len();
            mask.extend(tokens.iter().map(|_| 1.0_f32).chain((0..room).map(|_| 0.0)));
            let filled = tokens
                .into_iter()
                .chain((0..room).map(|_| Token::default()));
            for token in filled {
                ids.push(token.id.cast_signed());
                markers.push(i32::from(token.marker));
            }
        }
        let whole =
            |numbers: Vec<i32>| constant::<2, Int>(TensorData::new(numbers, shape), &self.device);
        let mask = constant::<2, Float>(TensorData::new(mask, shape), &self.device);
        let features = self.network.forward(whole(ids), &mask);
        Ok(Encoded {
            sentences: sentences(&features, &mask),
            text: Text {
                features,
                mask,
                markers: whole(markers),
            },
        })
    }
}

/// The mean of the tokens that are there, of length 1.
fn sentences(features: &Tensor<3>, mask: &Tensor<2>) -> Tensor<2> {
    let [texts, _, width] = features.dims();
    let present = mask.clone().unsqueeze_dim::<3>(2);
    let sum = (features.clone() * present)
        .sum_dim(1)
        .reshape([texts, width]);
    let mean = sum / mask.clone().sum_dim(1).clamp_min(1.0);
    let length = mean.clone().powi_scalar(2).sum_dim(1).sqrt();
    mean / length.clamp_min(1e-12)
}
