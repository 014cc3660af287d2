//! The network: the way down of a U-Net, told of a picture, and what it says to that U-Net.

use burn::{module::Module, tensor::Tensor};
use weft_tensor::silu;

use super::Config;
use crate::{
    layers::Conv,
    stable::unet::{Control, Given, trunk::Trunk},
};

/// A ControlNet (Zhang et al., 2023).
#[derive(Module, Debug)]
pub struct ControlNet {
    pub(super) trunk: Trunk,
    pub(super) hint: Hint,
    /// A 1×1 convolution for each outcome on the way down.
    pub(super) down: Vec<Conv>,
    pub(super) middle: Conv,
    #[module(skip)]
    pub(super) config: Config,
}

/// The picture as features at the resolution of the latents.
#[derive(Module, Debug)]
pub(super) struct Hint {
    pub(super) first: Conv,
    pub(super) blocks: Vec<Conv>,
    pub(super) last: Conv,
}

impl Hint {
    fn forward(&self, picture: Tensor<4>) -> Tensor<4> {
        let blocks = self.blocks.iter();
        let x = silu(self.first.forward(picture));
        self.last
            .forward(blocks.fold(x, |x, block| silu(block.forward(x))))
    }
}

impl ControlNet {
    /// Its sizes.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What it adds to a U-Net of the same latents, time and text; `strength` is how much, 1 as it was trained.
    ///
    /// # Shapes
    /// - latents: `[batch, inputs, height, width]`
    /// - time: `[batch]`, in steps of training, 0 clean to 999 noise
    /// - picture: `[batch, colors, factor · height, factor · width]`, sRGB-encoded, 0..=1
    ///
    /// # Panics
    /// The shapes do not fit those of [`ControlNet::config`] or each other.
    pub fn forward(
        &self,
        (latents, picture): (Tensor<4>, Tensor<4>),
        time: &Tensor<1>,
        given: &Given<'_>,
        strength: f32,
    ) -> Control {
        let ([batch, _, rows, columns], factor) = (latents.dims(), self.config.factor());
        let wanted = [batch, self.config.colors, factor * rows, factor * columns];
        assert_eq!(
            picture.dims(),
            wanted,
            "ControlNet: a picture of another size than the latents"
        );
        let seen = self.trunk.seen(time, given);
        let first = self.trunk.first(latents) + self.hint.forward(picture);
        let (outcomes, middle) = self.trunk.forward(first, &seen);
        let pairs = outcomes.into_iter().zip(&self.down);
        Control {
            down: pairs
                .map(|(x, layer)| layer.forward(x) * strength)
                .collect(),
            middle: self.middle.forward(middle) * strength,
        }
    }
}
