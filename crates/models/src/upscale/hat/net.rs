//! The network: blocks of attention within windows and of channels, then attention across windows.

use burn::tensor::{
    Tensor,
    activation::{relu, sigmoid},
};
use weft_tensor::gelu;

use super::overlap::Overlap;
use crate::{
    Weights,
    layers::{Conv, LayerNorm},
    upscale::{
        keys::{channels, counted},
        network::{Enlarge, Step, Stopped},
        swin::{Dense, Frame, Residual, Shape, channels_first, channels_last},
        windows::{Shift, Windows},
    },
};

/// How much of the attention of channels is added.
const ADDED: f32 = 0.01;

/// `HAT`.
#[derive(Debug)]
pub(in crate::upscale) struct Hat {
    frame: Frame,
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    blocks: Vec<Block>,
    overlap: Overlap,
    after: Residual,
}

#[derive(Debug)]
struct Block {
    norm: LayerNorm,
    windows: Windows,
    channels: Channels,
    dense: Dense,
}

/// Two convolutions, and how much of each channel goes on.
#[derive(Debug)]
struct Channels {
    narrow: Conv,
    wide: Conv,
    squeeze: Conv,
    excite: Conv,
}

impl Hat {
    /// The network of a file, of any sizes; else why they cannot be.
    pub(in crate::upscale) fn read(weights: &mut Weights<'_>) -> Result<Self, String> {
        weights.pass("relative_position_index_SA");
        weights.pass("relative_position_index_OCA");
        let shape = Shape::of(weights)?;
        let shift = Shift::new(shape.window, weights.device());
        let group = |i| Group::read(weights, i, shape, &shift);
        let groups: Result<_, String> = (0..shape.groups).map(group).collect();
        Ok(Self {
            groups: groups?,
            frame: Frame::read(weights, shape)?,
        })
    }
}

impl Group {
    fn read(
        weights: &mut Weights<'_>,
        i: usize,
        shape: Shape,
        shift: &Shift,
    ) -> Result<Self, String> {
        let key = format!("layers.{i}.residual_group");
        let count = counted(weights, &format!("{key}.blocks."), "")?;
        let block = |j: usize| {
            let shift = (j % 2 == 1).then(|| shift.clone());
            Block::read(weights, &format!("{key}.blocks.{j}"), shape, shift)
        };
        let blocks: Result<_, String> = (0..count).map(block).collect();
        Ok(Self {
            blocks: blocks?,
            overlap: Overlap::read(weights, &format!("{key}.overlap_attn"), shape)?,
            after: Residual::read(weights, &format!("layers.{i}.conv"), shape.width),
        })
    }

    fn reach(&self, window: usize) -> usize {
        // A block sees a window, or 2 pixels by its convolutions.
        let block = (window - 1).max(2);
        self.blocks.len() * block + self.overlap.reach() + self.after.reach()
    }
}

impl Block {
    fn read(
        weights: &mut Weights<'_>,
        key: &str,
        Shape { width, window, .. }: Shape,
        shift: Option<Shift>,
    ) -> Result<Self, String> {
        Ok(Self {
            norm: LayerNorm::read(weights, &format!("{key}.norm1"), width),
            windows: Windows::read(weights, &format!("{key}.attn"), [width, window], shift)?,
            channels: Channels::read(weights, &format!("{key}.conv_block.cab"), width)?,
            dense: Dense::read(weights, key, width)?,
        })
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let normed = self.norm.forward(x.clone());
        let channels = self.channels.forward(channels_first(normed.clone()));
        let found = self.windows.forward(normed);
        self.dense
            .forward(x + found + channels_last(channels) * ADDED)
    }
}

impl Channels {
    fn read(weights: &mut Weights<'_>, key: &str, width: usize) -> Result<Self, String> {
        let [narrow, _] = channels(weights, &format!("{key}.0.weight"))?;
        let [squeezed, _] = channels(weights, &format!("{key}.3.attention.1.weight"))?;
        let mut conv = |name: &str, channels, side| {
            Conv::read(weights, &format!("{key}.{name}"), channels, side)
        };
        Ok(Self {
            narrow: conv("0", [width, narrow], 3),
            wide: conv("2", [narrow, width], 3),
            squeeze: conv("3.attention.1", [width, squeezed], 1),
            excite: conv("3.attention.3", [squeezed, width], 1),
        })
    }

    /// `[batch, channels, height, width]` gives as much.
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.wide.forward(gelu(self.narrow.forward(x)));
        let mean = x.clone().mean_dim(2).mean_dim(3);
        x * sigmoid(self.excite.forward(relu(self.squeeze.forward(mean))))
    }
}

impl Enlarge for Hat {
    fn scale(&self) -> usize {
        self.frame.scale()
    }

    fn steps(&self) -> usize {
        let steps: usize = self.groups.iter().map(|group| group.blocks.len() + 1).sum();
        steps + 1
    }

    /// But for the means of channels, which are of all that is there.
    fn reach(&self) -> usize {
        let groups = self
            .groups
            .iter()
            .map(|group| group.reach(self.frame.window()));
        self.frame.reach() + groups.sum::<usize>()
    }

    fn grain(&self) -> usize {
        self.frame.window()
    }

    fn forward(&self, rgb: Tensor<4>, step: Step<'_>) -> Result<Tensor<4>, Stopped> {
        let large = self.frame.forward(rgb, |mut x| {
            for group in &self.groups {
                let before = x.clone();
                for block in &group.blocks {
                    x = block.forward(x);
                    step()?;
                }
                x = group.overlap.forward(x);
                step()?;
                x = channels_last(group.after.forward(channels_first(x))) + before;
            }
            Ok(x)
        })?;
        step()?;
        Ok(large)
    }
}
