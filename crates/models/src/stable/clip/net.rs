//! The network: words and their places, layers that look back, and what stands for the whole text.

use burn::{
    module::{Module, Param},
    tensor::{Int, Tensor, TensorData},
};
use thiserror::Error;
use weft_tensor::constant;

use super::{Config, End, layer::Layer};
use crate::layers::{LayerNorm, Linear};

/// A text encoder of CLIP (Radford et al., 2021): each token knows those before it.
#[derive(Module, Debug)]
pub struct Clip {
    pub(super) words: Param<Tensor<2>>,
    pub(super) positions: Param<Tensor<2>>,
    pub(super) layers: Vec<Layer>,
    pub(super) norm: LayerNorm,
    pub(super) projection: Option<Linear>,
    #[module(skip)]
    pub(super) config: Config,
}

/// Which features of the tokens are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// Layers left out at the end. Drawing programs call 0 a "clip skip" of 1; SDXL takes 1.
    pub skip: usize,
    /// Whether the last normalisation follows: always but in SDXL.
    pub normed: bool,
}

impl Take {
    /// The last layer, normalised: Stable Diffusion 1.
    pub const LAST: Self = Self {
        skip: 0,
        normed: true,
    };
    /// The layer before the last, normalised: Stable Diffusion 2.
    pub const PENULTIMATE: Self = Self {
        skip: 1,
        normed: true,
    };
    /// The layer before the last as it is: SDXL.
    pub const RAW_PENULTIMATE: Self = Self {
        skip: 1,
        normed: false,
    };
}

/// What is known of texts, one row each.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// `[texts, tokens, width]`: for a network to attend to.
    pub tokens: Tensor<3>,
    /// `[texts, projection]`, or `[texts, width]` of an encoder without: the last layer's normalised token of the
    /// end, projected.
    pub whole: Tensor<2>,
}

/// Why tokens cannot be encoded.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IdsError {
    /// There is nothing to encode, or more than there is room for.
    #[error("a text of {tokens} tokens is not one of 1 to {most}, all of one length")]
    Length {
        /// The tokens given.
        tokens: usize,
        /// The most that the encoder was made for.
        most: usize,
    },
    /// The tokeniser is of another vocabulary.
    #[error("token {id} is not of the encoder's vocabulary of {words}")]
    Word {
        /// The token.
        id: u32,
        /// The words that there are.
        words: usize,
    },
    /// More layers are to be left out than there are.
    #[error("{skip} layers cannot be left out of {layers}")]
    Skip {
        /// The layers to be left out.
        skip: usize,
        /// The layers that there are.
        layers: usize,
    },
}

impl Clip {
    /// Its sizes.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Encodes texts of tokens, all of one length, begun, ended and filled up as the tokeniser does it.
    ///
    /// # Errors
    /// Texts of several lengths, of none or too many tokens, of tokens that are not in the vocabulary, or more
    /// layers left out than there are.
    pub fn encode(&self, ids: &[Vec<u32>], take: Take) -> Result<Encoded, IdsError> {
        self.encode_learnt(ids, take, None)
    }

    /// The same where tokens from the size of the vocabulary on stand for the rows of `learnt` `[rows, width]`.
    ///
    /// # Errors
    /// Those of [`Clip::encode`], for tokens beyond these rows.
    pub fn encode_learnt(
        &self,
        ids: &[Vec<u32>],
        take: Take,
        learnt: Option<&Tensor<2>>,
    ) -> Result<Encoded, IdsError> {
        let length = self.checked(ids, take, learnt)?;
        let device = self.words.val().device();
        let ends = ids
            .iter()
            .enumerate()
            .map(|(i, text)| i * length + self.end(text));
        let ends: Vec<i32> = ends.map(|end| end as i32).collect();
        let ends = constant::<1, Int>(TensorData::new(ends, [ids.len()]), &device);
        let mut x = self.embedded(ids, length, learnt);
        let mask = looking_back(&x);
        let last = self.config.layers - take.skip;
        let mut taken = x.clone();
        for (i, layer) in (1..).zip(&self.layers) {
            x = layer.forward(x, Some(&mask));
            if i == last {
                taken = x.clone();
            }
        }
        let whole = self
            .norm
            .forward(x)
            .reshape([ids.len() * length, self.config.width]);
        let whole = whole.select(0, ends);
        Ok(Encoded {
            tokens: if take.normed {
                self.norm.forward(taken)
            } else {
                taken
            },
            whole: match &self.projection {
                Some(projection) => projection.forward(whole),
                None => whole,
            },
        })
    }

    /// The tokens of each text.
    fn checked(
        &self,
        ids: &[Vec<u32>],
        take: Take,
        learnt: Option<&Tensor<2>>,
    ) -> Result<usize, IdsError> {
        let Config {
            words,
            positions,
            layers,
            ..
        } = self.config;
        let length = ids.first().map_or(0, Vec::len);
        let fits = |tokens: usize| tokens == length && (1..=positions).contains(&tokens);
        if let Some(tokens) = ids.iter().map(Vec::len).find(|&tokens| !fits(tokens)) {
            return Err(IdsError::Length {
                tokens,
                most: positions,
            });
        }
        if ids.is_empty() {
            return Err(IdsError::Length {
                tokens: 0,
                most: positions,
            });
        }
        let words = words + learnt.map_or(0, |rows| rows.dims()[0]);
        if let Some(&id) = ids.iter().flatten().find(|&&id| id as usize >= words) {
            return Err(IdsError::Word { id, words });
        }
        if take.skip > layers {
            return Err(IdsError::Skip {
                skip: take.skip,
                layers,
            });
        }
        Ok(length)
    }

    /// The place of the token that stands for the whole text.
    fn end(&self, text: &[u32]) -> usize {
        let end = match self.config.end {
            End::Highest => text.iter().copied().filter(|&id| !self.is_learnt(id)).max(),
            End::Word(id) => Some(id),
        };
        text.iter().position(|&id| Some(id) == end).unwrap_or(0)
    }

    fn is_learnt(&self, id: u32) -> bool {
        id as usize >= self.config.words
    }

    fn embedded(&self, ids: &[Vec<u32>], length: usize, learnt: Option<&Tensor<2>>) -> Tensor<3> {
        let words = self.words.val();
        let device = words.device();
        let places = |places: Vec<i32>| {
            let count = places.len();
            constant::<1, Int>(TensorData::new(places, [count]), &device)
        };
        let ids = || ids.iter().flatten().copied();
        let word = |id: u32| {
            if self.is_learnt(id) {
                0
            } else {
                id.cast_signed()
            }
        };
        let mut rows = words.select(0, places(ids().map(word).collect()));
        if let Some(learnt) = learnt.filter(|_| ids().any(|id| self.is_learnt(id))) {
            let count = rows.dims()[0];
            let place = |(at, id): (usize, u32)| match self.is_learnt(id) {
                true => count + id as usize - self.config.words,
                false => at,
            };
            let place = |at| place(at) as i32;
            let all = Tensor::cat(vec![rows, learnt.clone()], 0);
            rows = all.select(0, places(ids().enumerate().map(place).collect()));
        }
        let rows = rows.reshape([-1, length as i32, self.config.width as i32]);
        let positions = self.positions.val().narrow(0, 0, length);
        rows + positions.unsqueeze_dim::<3>(0)
    }
}

/// What is added to scores `[1, 1, tokens, tokens]`, so that no token sees a later one.
fn looking_back(x: &Tensor<3>) -> Tensor<4> {
    let tokens = x.dims()[1];
    let later = |i: usize| i % tokens > i / tokens;
    let added = (0..tokens * tokens).map(|i| if later(i) { f32::NEG_INFINITY } else { 0.0 });
    let added = TensorData::new(added.collect(), [1, 1, tokens, tokens]);
    constant(added, &x.device())
}
