//! BERT (Devlin et al., 2018), in the sizes of MiniLM (Wang et al., 2020).

use burn::{
    module::{Module, Param},
    tensor::{Int, Tensor},
};
use serde::{Deserialize, Serialize};
use weft_tensor::{Precision, gelu};

use crate::{
    Maker, Network,
    layers::{LayerNorm, Linear, apart, attended, scores},
};

/// The sizes of a BERT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// Added to variances.
const EPSILON: f64 = 1e-12;

/// An encoder of sentences of one kind: the table of positions includes the vector of that kind.
#[derive(Module, Debug)]
pub struct Bert {
    words: Param<Tensor<2>>,
    positions: Param<Tensor<2>>,
    norm: LayerNorm,
    layers: Vec<Layer>,
    #[module(skip)]
    config: Config,
}

impl Bert {
    /// # Shapes
    /// - ids: `[batch, tokens]`
    /// - mask: `[batch, tokens]`, 1 for a token and 0 for the room behind the last
    /// - result: `[batch, tokens, width]`
    pub(super) fn forward(&self, ids: Tensor<2, Int>, mask: &Tensor<2>) -> Tensor<3> {
        let [batch, tokens] = ids.dims();
        let words = self.words.val().select(0, ids.reshape([batch * tokens]));
        let positions = self.positions.val().narrow(0, 0, tokens);
        let x = words.reshape([batch, tokens, self.config.width]) + positions.unsqueeze_dim::<3>(0);
        let mask = scores(mask);
        let layers = self.layers.iter();
        layers.fold(self.norm.forward(x), |x, layer| layer.forward(x, &mask))
    }
}

/// Attention and two dense layers, each normalised after it is added.
#[derive(Module, Debug)]
struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    attention_norm: LayerNorm,
    wide: Linear,
    narrow: Linear,
    norm: LayerNorm,
    heads: usize,
    #[module(skip)]
    precision: Precision,
}

impl Layer {
    fn new(maker: &mut Maker<'_>, config: &Config) -> Self {
        let (width, dense) = (config.width, config.dense);
        Self {
            query: Linear::new(maker, width, width),
            key: Linear::new(maker, width, width),
            value: Linear::new(maker, width, width),
            out: Linear::new(maker, width, width),
            attention_norm: LayerNorm::new(maker, width, EPSILON),
            wide: Linear::new(maker, width, dense),
            narrow: Linear::new(maker, dense, width),
            norm: LayerNorm::new(maker, width, EPSILON),
            heads: config.heads,
            precision: maker.precision(),
        }
    }

    fn forward(&self, x: Tensor<3>, mask: &Tensor<4>) -> Tensor<3> {
        let [key, value] = [&self.key, &self.value].map(|layer| layer.forward(x.clone()));
        let pair = [apart(key, self.heads), apart(value, self.heads)];
        let queries = self.query.forward(x.clone());
        let found = attended(queries, pair, Some(mask.clone()), self.precision);
        let x = self.attention_norm.forward(x + self.out.forward(found));
        let dense = self.narrow.forward(gelu(self.wide.forward(x.clone())));
        self.norm.forward(x + dense)
    }
}

impl Network for Bert {
    type Config = Config;
    const NAME: &'static str = "the text encoder";

    fn config(&self) -> &Config {
        &self.config
    }

    fn build(config: &Config, maker: &mut Maker<'_>) -> Result<Self, String> {
        let &Config {
            words,
            positions,
            width,
            layers,
            heads,
            dense,
        } = config;
        if [words, positions, width, layers, heads, dense].contains(&0) {
            return Err("a text encoder has no size of 0".to_owned());
        }
        if !width.is_multiple_of(heads) {
            return Err(format!("{heads} heads do not divide {width} channels"));
        }
        Ok(Self {
            words: maker.uniform([words, width], width),
            positions: maker.uniform([positions, width], width),
            norm: LayerNorm::new(maker, width, EPSILON),
            layers: (0..layers).map(|_| Layer::new(maker, config)).collect(),
            config: config.clone(),
        })
    }
}
