//! Low-rank adaptations (Hu et al., 2021): small differences that are added to the weights of a network as it is read.

mod names;
mod read;

#[cfg(test)]
mod tests;

use burn::tensor::Tensor;

pub(super) use names::{Aliases, Target, of_text, of_u_net};
pub(super) use read::NAME;

/// A LoRA: for some layers, two thin matrices whose product is added to the weight.
///
/// It is read with [`Lora::read`] and given to a network in [`super::File::loras`], with a strength: 1 as it was
/// trained, 0 for nothing; below 0 takes away what it adds. Each network takes what is its own; what is for a network
/// that is not read with it, such as a second text encoder, is left out.
#[derive(Clone, Debug)]
pub struct Lora {
    pub(super) pairs: Vec<Pair>,
}

/// What is added to one layer.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    /// The network that the layer is of.
    pub(super) target: Target,
    /// What the file calls the layer, without what tells of the network.
    pub(super) module: String,
    /// The key of the first matrix.
    pub(super) key: String,
    /// `[rank, inputs]`; a kernel's pixels are inputs of their own.
    pub(super) down: Tensor<2>,
    /// `[outputs, rank]`, times alpha / rank.
    pub(super) up: Tensor<2>,
}
