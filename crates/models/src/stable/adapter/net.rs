//! The network, and how a U-Net takes it in.

use burn::{module::Module, tensor::Tensor};
use thiserror::Error;

use super::projection::Projection;
use crate::{layers::Linear, stable::unet::UNet};

/// An IP-Adapter (Ye et al., 2023): what makes tokens of pictures, and the keys and values with which a U-Net
/// attends to them.
#[derive(Module, Debug)]
pub struct Adapter {
    pub(super) projection: Projection,
    /// For each attention to text of a U-Net: down, up, then in the middle.
    pub(super) pairs: Vec<[Linear; 2]>,
}

/// Why a U-Net cannot take in an adapter.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AdapterError {
    /// It is the adapter of a U-Net with more or fewer rooms.
    #[error("the adapter is of a U-Net that attends {adapter} times, not {network}")]
    Count {
        /// The times for which the adapter has keys and values.
        adapter: usize,
        /// The times that the U-Net attends to text.
        network: usize,
    },
    /// It is the adapter of a U-Net of other widths.
    #[error(
        "keys and values {place} of the adapter are {adapter:?}, not {network:?} as in the U-Net"
    )]
    Sizes {
        /// Which, from 0.
        place: usize,
        /// Channels of a token and of the map for which the adapter was made.
        adapter: [usize; 2],
        /// Those of the U-Net.
        network: [usize; 2],
    },
}

impl Adapter {
    /// Whether it takes the hidden states of pictures rather than their embeddings, and of how many channels.
    pub fn wants(&self) -> (bool, usize) {
        self.projection.wants()
    }

    /// Tokens for [`crate::stable::unet::Pictures`], of what an image encoder of CLIP says of pictures: the whole
    /// picture's projected embedding, one row, for a plain adapter; the hidden states before its last layer for
    /// one with a resampler ("plus"). To leave pictures out, as guidance does, give zeros for the embedding; for
    /// hidden states, those of [`crate::stable::clip_image::ClipImage::nothing`].
    ///
    /// # Shapes
    /// - features: `[batch, rows, width]`
    /// - result: `[batch, tokens, context]`
    ///
    /// # Panics
    /// The features have another width, or several rows for a plain adapter.
    pub fn tokens(&self, features: Tensor<3>) -> Tensor<3> {
        self.projection.forward(features)
    }
}

impl UNet {
    /// The same network, which attends to [`crate::stable::unet::Given::pictures`] if there are any. An adapter
    /// that it had is replaced.
    ///
    /// # Errors
    /// The adapter is of a U-Net of other sizes.
    pub fn with_adapter(mut self, adapter: &Adapter) -> Result<Self, AdapterError> {
        let mut attentions = self.attentions();
        let (network, pairs) = (attentions.len(), &adapter.pairs);
        if pairs.len() != network {
            let adapter = pairs.len();
            return Err(AdapterError::Count { adapter, network });
        }
        for (place, (attention, pair)) in attentions.iter_mut().zip(pairs).enumerate() {
            let (network, adapter) = (attention.sizes(), pair[0].weight.dims());
            if adapter != network {
                return Err(AdapterError::Sizes {
                    place,
                    adapter,
                    network,
                });
            }
            attention.pictures = Some(pair.clone());
        }
        Ok(self)
    }
}
