//! The text as the U-Net takes it: with marker vectors that learn, and as one vector.

use burn::{
    module::{Module, Param},
    tensor::{Int, Tensor},
};

use super::MARKERS;
use crate::{
    layers::{Linear, Maker, alike, scores},
    text::Text,
};

/// What the U-Net learns of texts beside the frozen encoder.
#[derive(Module, Debug)]
pub(super) struct Reader {
    /// A vector of each marker, added to what the encoder gives at its place.
    markers: Param<Tensor<2>>,
    whole: Linear,
}

/// A text, ready for the blocks.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// `[batch, tokens, text]`.
    pub(super) features: Tensor<3>,
    /// Added to the scores: `[batch, 1, 1, tokens]`.
    pub(super) mask: Tensor<4>,
    /// The mean of the tokens, `[batch, text]`; zeros of an empty text.
    pub(super) mean: Tensor<2>,
}

impl Reader {
    pub(super) fn new(maker: &mut Maker<'_>, text: usize, embedding: usize) -> Self {
        Self {
            markers: maker.uniform([MARKERS, text], text),
            whole: Linear::plain(maker, text, embedding),
        }
    }

    /// # Panics
    /// The parts of the text differ in shape, or are not of the width that the model was made for.
    pub(super) fn read(&self, text: &Text) -> Words {
        let [batch, tokens, width] = text.features.dims();
        let vectors = alike(self.markers.val(), &text.features);
        let wanted = vectors.dims()[1];
        assert!(
            width == wanted
                && text.mask.dims() == [batch, tokens]
                && text.markers.dims() == [batch, tokens],
            "instruct: features {:?}, mask {:?} and markers {:?} are not a text of width {wanted}",
            text.features.dims(),
            text.mask.dims(),
            text.markers.dims(),
        );
        let none = Tensor::zeros([1, width], &vectors.device());
        let table = Tensor::cat(vec![none, vectors], 0);
        let at: Tensor<1, Int> = text.markers.clone().reshape([batch * tokens]);
        let added = table.select(0, at).reshape([batch, tokens, width]);
        let features = text.features.clone() + added;
        let present = text.mask.clone().unsqueeze_dim::<3>(2);
        let count = text.mask.clone().sum_dim(1).clamp_min(1.0);
        let sum = (features.clone() * present).sum_dim(1);
        Words {
            features,
            mask: scores(&text.mask),
            mean: sum.reshape([batch, width]) / count,
        }
    }

    /// The whole text, `[batch, embedding]`, to be added to the time.
    pub(super) fn whole(&self, words: &Words) -> Tensor<2> {
        self.whole.forward(words.mean.clone())
    }
}
