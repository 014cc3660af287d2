//! The network: down, through the middle and up again, beside what was there on the way down.

use burn::{module::Module, tensor::Tensor};

use super::{
    Config, Given,
    level::{Blocks, Up},
    transformer::Attention,
    trunk::Trunk,
};
use crate::layers::{Conv, GroupNorm, alike, typed};

/// A U-Net that attends to text (Rombach et al., 2022).
///
/// What it gives — the noise, or v as in Salimans and Ho (2022) — is for who samples to know; the network is the
/// same.
#[derive(Module, Debug)]
pub struct UNet {
    pub(in crate::stable) trunk: Trunk,
    pub(super) levels: Vec<Up>,
    pub(super) norm: GroupNorm,
    pub(super) last: Conv,
}

/// What ControlNets add on the way down, in its order, and to the middle.
#[derive(Clone, Debug)]
pub struct Control {
    /// For each outcome on the way down, from the first map on.
    pub down: Vec<Tensor<4>>,
    /// For the outcome of the middle.
    pub middle: Tensor<4>,
}

impl Control {
    /// What both add together.
    ///
    /// # Panics
    /// They are for U-Nets of other sizes, or for latents of other shapes.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        assert_eq!(
            self.down.len(),
            other.down.len(),
            "ControlNets of other levels"
        );
        let pairs = self.down.into_iter().zip(&other.down);
        Self {
            down: pairs.map(|(one, other)| one + other.clone()).collect(),
            middle: self.middle + other.middle.clone(),
        }
    }
}

impl UNet {
    /// Its sizes.
    pub fn config(&self) -> &Config {
        self.trunk.config()
    }

    /// The attentions to text: down, up, then in the middle, which is the order of published adapters.
    pub(in crate::stable) fn attentions(&mut self) -> Vec<&mut Attention> {
        let down = self.trunk.levels.iter_mut().map(|level| &mut level.blocks);
        let up = self.levels.iter_mut().map(|level| &mut level.blocks);
        let all = down.chain(up).chain([&mut self.trunk.middle]);
        all.flat_map(Blocks::attentions).collect()
    }

    /// # Shapes
    /// - latents: `[batch, inputs, height, width]`, any size
    /// - time: `[batch]`, in steps of training, 0 clean to 999 noise
    /// - result: `[batch, outputs, height, width]`
    ///
    /// # Panics
    /// The shapes do not fit those of [`UNet::config`] or of `given`.
    pub fn forward(&self, latents: Tensor<4>, time: &Tensor<1>, given: &Given<'_>) -> Tensor<4> {
        self.controlled(latents, time, given, None)
    }

    /// The same with what ControlNets add. Shapes and panics are those of [`UNet::forward`], and `control` must be
    /// of a network of these levels.
    pub fn controlled(
        &self,
        latents: Tensor<4>,
        time: &Tensor<1>,
        given: &Given<'_>,
        control: Option<&Control>,
    ) -> Tensor<4> {
        self.check(&latents, given);
        let numbers = latents.dtype();
        let seen = self.trunk.seen(time, given);
        let (mut outcomes, mut x) = self.trunk.forward(self.trunk.first(latents), &seen);
        if let Some(control) = control {
            assert_eq!(
                control.down.len(),
                outcomes.len(),
                "U-Net: a control of other levels"
            );
            let pairs = outcomes.into_iter().zip(&control.down);
            outcomes = pairs
                .map(|(outcome, more)| outcome.clone() + alike(more.clone(), &outcome))
                .collect();
            x = x.clone() + alike(control.middle.clone(), &x);
        }
        let levels = self.levels.iter();
        let x = levels.fold(x, |x, level| level.forward(&mut outcomes, x, &seen));
        typed(self.last.forward(self.norm.silu(x)), numbers)
    }

    fn check(&self, latents: &Tensor<4>, given: &Given<'_>) {
        let (config, dims) = (self.config(), latents.dims());
        assert!(
            dims[1] == config.inputs && given.text.dims()[2] == config.context,
            "U-Net: latents {dims:?} and a text {:?} are not of {} and {} channels",
            given.text.dims(),
            config.inputs,
            config.context,
        );
        assert_eq!(
            given.added.is_some(),
            config.added.is_some(),
            "U-Net: sizes of pictures and a whole text are given to SDXL, and to it alone"
        );
    }
}
