//! How tokens are made of what an image encoder says.

use burn::{
    module::{Module, Param},
    tensor::Tensor,
};
use weft_tensor::{Precision, gelu};

use crate::layers::{LayerNorm, Linear, apart, attended};

/// Either way of the published adapters.
#[derive(Module, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "an adapter has one, and a module is not boxed"
)]
pub(super) enum Projection {
    /// Of one embedding of the whole picture.
    Whole(Whole),
    /// Of many hidden states.
    Resampled(Resampler),
}

impl Projection {
    /// Whether it is of hidden states, and the channels of what it takes.
    pub(super) fn wants(&self) -> (bool, usize) {
        match self {
            Self::Whole(whole) => (false, whole.dense.weight.dims()[0]),
            Self::Resampled(resampler) => (true, resampler.first.weight.dims()[0]),
        }
    }

    pub(super) fn forward(&self, features: Tensor<3>) -> Tensor<3> {
        match self {
            Self::Whole(whole) => whole.forward(features),
            Self::Resampled(resampler) => resampler.forward(features),
        }
    }
}

/// One dense layer that gives several tokens.
#[derive(Module, Debug)]
pub(super) struct Whole {
    pub(super) dense: Linear,
    pub(super) norm: LayerNorm,
    pub(super) tokens: usize,
}

impl Whole {
    fn forward(&self, features: Tensor<3>) -> Tensor<3> {
        let [batch, rows, _] = features.dims();
        assert_eq!(
            rows, 1,
            "adapter: several rows for an adapter of whole pictures"
        );
        let tokens = self.dense.forward(features);
        let context = tokens.dims()[2] / self.tokens;
        self.norm
            .forward(tokens.reshape([batch, self.tokens, context]))
    }
}

/// Learnt queries that attend to the hidden states and to themselves (Alayrac et al., 2022).
#[derive(Module, Debug)]
pub(super) struct Resampler {
    pub(super) queries: Param<Tensor<3>>,
    pub(super) first: Linear,
    pub(super) layers: Vec<Layer>,
    pub(super) last: Linear,
    pub(super) norm: LayerNorm,
}

impl Resampler {
    fn forward(&self, features: Tensor<3>) -> Tensor<3> {
        let batch = features.dims()[0];
        let features = self.first.forward(features);
        let queries = self.queries.val().repeat_dim(0, batch);
        let layers = self.layers.iter();
        let tokens = layers.fold(queries, |x, layer| layer.forward(x, features.clone()));
        self.norm.forward(self.last.forward(tokens))
    }
}

/// Attention and two dense layers, each added to what was normalised for it.
#[derive(Module, Debug)]
pub(super) struct Layer {
    pub(super) of_features: LayerNorm,
    pub(super) of_tokens: LayerNorm,
    pub(super) query: Linear,
    /// Keys, then values.
    pub(super) pair: Linear,
    pub(super) out: Linear,
    pub(super) norm: LayerNorm,
    pub(super) wide: Linear,
    pub(super) narrow: Linear,
    pub(super) heads: usize,
    #[module(skip)]
    pub(super) precision: Precision,
}

impl Layer {
    fn forward(&self, x: Tensor<3>, features: Tensor<3>) -> Tensor<3> {
        let tokens = self.of_tokens.forward(x.clone());
        let both = vec![self.of_features.forward(features), tokens.clone()];
        let pair = self.pair.forward(Tensor::cat(both, 1));
        let inner = pair.dims()[2] / 2;
        let half = |start| apart(pair.clone().narrow(2, start, inner), self.heads);
        let queries = self.query.forward(tokens);
        let found = attended(queries, [half(0), half(inner)], None, self.precision);
        let x = x + self.out.forward(found);
        let wide = gelu(self.wide.forward(self.norm.forward(x.clone())));
        x + self.narrow.forward(wide)
    }
}
