//! The block that attends: to the picture itself, to the text and to the context.

use burn::{module::Module, tensor::Tensor};
use weft_tensor::{Precision, geglu};

use super::words::Words;
use crate::layers::{LayerNorm, Linear, Maker, apart, attended};

/// Keys and values `[batch, heads, tokens, head]`, and what is added to their scores, `[batch, 1, 1, tokens]`.
#[derive(Clone, Debug)]
pub(super) struct KeyValue {
    pub(super) pair: [Tensor<4>; 2],
    pub(super) mask: Tensor<4>,
}

/// Widths of a block: its own, that of a head, and that of the text.
#[derive(Clone, Copy)]
pub(super) struct Widths {
    pub(super) own: usize,
    pub(super) head: usize,
    pub(super) text: usize,
}

/// Self-attention, text attention, context attention and a gated dense layer, each on its own
/// normalisation and added to what came in.
#[derive(Module, Debug)]
pub(super) struct Block {
    self_norm: LayerNorm,
    self_attention: Attention,
    text_norm: LayerNorm,
    text_attention: Attention,
    context_norm: LayerNorm,
    /// Of the references' features, before they become keys and values.
    reference_norm: LayerNorm,
    context_attention: Attention,
    dense_norm: LayerNorm,
    gated: Linear,
    dense: Linear,
}

impl Block {
    pub(super) fn new(maker: &mut Maker<'_>, widths: Widths) -> Self {
        let own = widths.own;
        let norm = |maker: &Maker<'_>| LayerNorm::new(maker, own, 1e-5);
        Self {
            self_norm: norm(maker),
            self_attention: Attention::new(maker, widths, own),
            text_norm: norm(maker),
            text_attention: Attention::new(maker, widths, widths.text),
            context_norm: norm(maker),
            reference_norm: norm(maker),
            context_attention: Attention::silent(maker, widths),
            dense_norm: norm(maker),
            gated: Linear::new(maker, own, 8 * own),
            dense: Linear::new(maker, 4 * own, own),
        }
    }

    /// # Shapes
    /// - x and result: `[batch, own, height, width]`
    pub(super) fn forward(
        &self,
        x: Tensor<4>,
        words: &Words,
        context: Option<&KeyValue>,
    ) -> Tensor<4> {
        let [batch, width, rows, columns] = x.dims();
        let mut x = tokens(x);
        let normed = self.self_norm.forward(x.clone());
        let pair = self.self_attention.pair(normed.clone());
        x = x + self.self_attention.forward(normed, pair, None);
        let normed = self.text_norm.forward(x.clone());
        let pair = self.text_attention.pair(words.features.clone());
        x = x + self.text_attention.forward(normed, pair, Some(&words.mask));
        if let Some(KeyValue { pair, mask }) = context {
            let normed = self.context_norm.forward(x.clone());
            x = x + self
                .context_attention
                .forward(normed, pair.clone(), Some(mask));
        }
        let normed = self.dense_norm.forward(x.clone());
        x = x + self.dense.forward(geglu(self.gated.forward(normed)));
        x.swap_dims(1, 2).reshape([batch, width, rows, columns])
    }

    /// References' features `[batch, tokens, own]` as keys and values of the context attention.
    pub(super) fn pair(&self, features: Tensor<3>) -> [Tensor<4>; 2] {
        let normed = self.reference_norm.forward(features);
        self.context_attention.pair(normed)
    }
}

/// `[batch, channels, height, width]` as `[batch, height · width, channels]`.
pub(super) fn tokens(x: Tensor<4>) -> Tensor<3> {
    x.flatten::<3>(2, 3).swap_dims(1, 2)
}

/// Attention without biases: queries that find nothing add exactly nothing.
#[derive(Module, Debug)]
struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    heads: usize,
    #[module(skip)]
    precision: Precision,
}

impl Attention {
    /// Among keys of `from` channels.
    fn new(maker: &mut Maker<'_>, widths: Widths, from: usize) -> Self {
        Self {
            query: Linear::plain(maker, widths.own, widths.own),
            key: Linear::plain(maker, from, widths.own),
            value: Linear::plain(maker, from, widths.own),
            out: Linear::plain(maker, widths.own, widths.own),
            heads: widths.own / widths.head,
            precision: maker.precision(),
        }
    }

    /// Among keys of its own width, adding nothing until it has learnt.
    fn silent(maker: &mut Maker<'_>, widths: Widths) -> Self {
        Self {
            out: Linear::silent(maker, widths.own, widths.own),
            ..Self::new(maker, widths, widths.own)
        }
    }

    fn pair(&self, from: Tensor<3>) -> [Tensor<4>; 2] {
        let [key, value] = [&self.key, &self.value].map(|layer| layer.forward(from.clone()));
        [apart(key, self.heads), apart(value, self.heads)]
    }

    fn forward(&self, x: Tensor<3>, pair: [Tensor<4>; 2], mask: Option<&Tensor<4>>) -> Tensor<3> {
        let queries = self.query.forward(x);
        let found = attended(queries, pair, mask.cloned(), self.precision);
        self.out.forward(found)
    }
}
