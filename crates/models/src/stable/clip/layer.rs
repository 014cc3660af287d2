//! The layers of which both encoders of CLIP are made, that of text and that of pictures.

use burn::{module::Module, tensor::Tensor};
use weft_tensor::{Precision, gelu, silu};

use super::Activation;
use crate::{
    layers::{LayerNorm, Linear, apart, attended},
    stable::source::Source,
};

/// Attention and two dense layers, each added to what was normalised for it.
#[derive(Module, Debug)]
pub(in crate::stable) struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    wide: Linear,
    narrow: Linear,
    attention_norm: LayerNorm,
    dense_norm: LayerNorm,
    heads: usize,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    precision: Precision,
}

/// The sizes of a layer.
#[derive(Clone, Copy, Debug)]
pub(in crate::stable) struct Sizes {
    pub(in crate::stable) width: usize,
    pub(in crate::stable) dense: usize,
    pub(in crate::stable) heads: usize,
    pub(in crate::stable) activation: Activation,
    pub(in crate::stable) epsilon: f64,
}

impl Layer {
    pub(in crate::stable) fn read(source: &mut Source<'_>, name: &str, sizes: Sizes) -> Self {
        let Sizes {
            width,
            dense,
            epsilon,
            ..
        } = sizes;
        let mut linear = |leaf: &str, sizes| source.linear(&format!("{name}.{leaf}"), sizes);
        let [query, key, value, out] = ["q", "k", "v", "out"]
            .map(|part| linear(&format!("self_attn.{part}_proj"), [width, width]));
        let wide = linear("mlp.fc1", [width, dense]);
        let narrow = linear("mlp.fc2", [dense, width]);
        Self {
            query,
            key,
            value,
            out,
            wide,
            narrow,
            attention_norm: source.layer_norm(&format!("{name}.layer_norm1"), width, epsilon),
            dense_norm: source.layer_norm(&format!("{name}.layer_norm2"), width, epsilon),
            heads: sizes.heads,
            activation: sizes.activation,
            precision: source.precision(),
        }
    }

    /// `mask` is added to the scores.
    pub(in crate::stable) fn forward(&self, x: Tensor<3>, mask: Option<&Tensor<4>>) -> Tensor<3> {
        let normed = self.attention_norm.forward(x.clone());
        let pair = [&self.key, &self.value];
        let pair = pair.map(|layer| apart(layer.forward(normed.clone()), self.heads));
        let queries = self.query.forward(normed);
        let found = attended(queries, pair, mask.cloned(), self.precision);
        let x = x + self.out.forward(found);
        let wide = self.wide.forward(self.dense_norm.forward(x.clone()));
        x + self.narrow.forward(self.activation.of(wide))
    }
}

/// The slope of the sigmoid that stands for Φ in [`Activation::QuickGelu`].
const QUICK: f32 = 1.702;

impl Activation {
    fn of(self, x: Tensor<3>) -> Tensor<3> {
        match self {
            Self::Gelu => gelu(x),
            Self::QuickGelu => silu(x * QUICK) / QUICK,
        }
    }
}
