//! SwinIR (Liang et al., ICCVW 2021).

use burn::tensor::Tensor;

use super::{
    keys::counted,
    network::{Enlarge, Step, Stopped},
    swin::{Dense, Frame, Residual, Shape, channels_first, channels_last},
    windows::{Shift, Windows},
};
use crate::{Weights, layers::LayerNorm};

/// Groups of blocks of attention within windows: `classical`, `lightweight` and `real` networks, and those that
/// keep the size.
#[derive(Debug)]
pub(super) struct SwinIr {
    frame: Frame,
    groups: Vec<Group>,
}

/// Blocks and a convolution beside a short cut.
#[derive(Debug)]
struct Group {
    blocks: Vec<Block>,
    after: Residual,
}

/// Attention and dense layers.
#[derive(Debug)]
struct Block {
    norm: LayerNorm,
    windows: Windows,
    dense: Dense,
}

impl SwinIr {
    /// The network of a file, of any sizes; else why they cannot be.
    pub(super) fn read(weights: &mut Weights<'_>) -> Result<Self, String> {
        let shape = Shape::of(weights)?;
        let shift = Shift::new(shape.window, weights.device());
        let group = |i| Group::read(weights, i, shape, &shift);
        let groups: Result<_, String> = (0..shape.groups).map(group).collect();
        Ok(Self {
            groups: groups?,
            frame: Frame::read(weights, shape)?,
        })
    }

    fn blocks(&self) -> usize {
        self.groups.iter().map(|group| group.blocks.len()).sum()
    }
}

impl Group {
    fn read(
        weights: &mut Weights<'_>,
        i: usize,
        shape: Shape,
        shift: &Shift,
    ) -> Result<Self, String> {
        let key = format!("layers.{i}.residual_group.blocks.");
        let count = counted(weights, &key, "")?;
        let block = |j: usize| {
            let shift = (j % 2 == 1).then(|| shift.clone());
            Block::read(weights, &format!("{key}{j}"), shape, shift)
        };
        let blocks: Result<_, String> = (0..count).map(block).collect();
        Ok(Self {
            blocks: blocks?,
            after: Residual::read(weights, &format!("layers.{i}.conv"), shape.width),
        })
    }
}

impl Block {
    fn read(
        weights: &mut Weights<'_>,
        key: &str,
        Shape { width, window, .. }: Shape,
        shift: Option<Shift>,
    ) -> Result<Self, String> {
        weights.pass(&format!("{key}.attn_mask"));
        Ok(Self {
            norm: LayerNorm::read(weights, &format!("{key}.norm1"), width),
            windows: Windows::read(weights, &format!("{key}.attn"), [width, window], shift)?,
            dense: Dense::read(weights, key, width)?,
        })
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let found = self.windows.forward(self.norm.forward(x.clone()));
        self.dense.forward(x + found)
    }
}

impl Enlarge for SwinIr {
    fn scale(&self) -> usize {
        self.frame.scale()
    }

    fn steps(&self) -> usize {
        self.blocks() + 1
    }

    fn reach(&self) -> usize {
        let convs: usize = self.groups.iter().map(|group| group.after.reach()).sum();
        self.frame.reach() + convs + self.blocks() * (self.frame.window() - 1)
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
                x = channels_last(group.after.forward(channels_first(x))) + before;
            }
            Ok(x)
        })?;
        step()?;
        Ok(large)
    }
}
