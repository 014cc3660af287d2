//! The levels of the U-Net, on the way down and on the way up.

use burn::{module::Module, tensor::Tensor};

use super::{
    Config,
    block::{Block, KeyValue, Widths},
    words::Words,
};
use crate::layers::{Conv, Maker, Residual};

/// What every block is told.
pub(super) struct Told<'a> {
    pub(super) words: &'a Words,
    /// Time and text, activated: `[batch, embedding]`.
    pub(super) embedding: &'a Tensor<2>,
    /// What the blocks that attend find in the context, in their order; none without references.
    pub(super) context: std::slice::Iter<'a, KeyValue>,
}

/// One resolution on the way down.
#[derive(Module, Debug)]
pub(super) struct Down {
    residuals: Vec<Residual>,
    pub(super) attention: Vec<Block>,
    shrink: Option<Conv>,
}

/// The deepest part.
#[derive(Module, Debug)]
pub(super) struct Middle {
    first: Residual,
    pub(super) attention: Block,
    second: Residual,
}

/// One resolution on the way up.
#[derive(Module, Debug)]
pub(super) struct Up {
    residuals: Vec<Residual>,
    pub(super) attention: Vec<Block>,
    enlarge: Option<Conv>,
}

impl Down {
    pub(super) fn new(maker: &mut Maker<'_>, config: &Config, level: usize) -> Self {
        let width = config.widths[level];
        let mut from = config.widths[level.saturating_sub(1)];
        let (mut residuals, mut attention) = (Vec::new(), Vec::new());
        for _ in 0..config.blocks {
            residuals.push(residual(maker, config, [from, width]));
            attention.extend(block(maker, config, level));
            from = width;
        }
        let deeper = level + 1 < config.widths.len();
        Self {
            residuals,
            attention,
            shrink: deeper.then(|| Conv::shrink(maker, [width, width])),
        }
    }

    /// The features of this resolution, after `added` where it is given, which is kept for the way up; each
    /// earlier block's are pushed to `kept`.
    pub(super) fn forward(
        &self,
        mut x: Tensor<4>,
        told: &mut Told<'_>,
        added: Option<&Tensor<4>>,
        kept: &mut Vec<Tensor<4>>,
    ) -> Tensor<4> {
        for (i, residual) in self.residuals.iter().enumerate() {
            x = residual.forward(x, Some(told.embedding));
            if let Some(block) = self.attention.get(i) {
                x = block.forward(x, told.words, told.context.next());
            }
            if let (Some(added), true) = (added, i + 1 == self.residuals.len()) {
                x = x + added.clone();
            }
            kept.push(x.clone());
        }
        x
    }

    /// What the next level starts from; `None` at the deepest.
    pub(super) fn shrink(&self, x: Tensor<4>) -> Option<Tensor<4>> {
        self.shrink.as_ref().map(|shrink| shrink.forward(x))
    }
}

impl Middle {
    pub(super) fn new(maker: &mut Maker<'_>, config: &Config) -> Self {
        let deepest = config.widths.len() - 1;
        let width = config.widths[deepest];
        Self {
            first: residual(maker, config, [width, width]),
            attention: Block::new(maker, widths(config, deepest)),
            second: residual(maker, config, [width, width]),
        }
    }

    pub(super) fn forward(&self, x: Tensor<4>, told: &mut Told<'_>) -> Tensor<4> {
        let x = self.first.forward(x, Some(told.embedding));
        let x = self.attention.forward(x, told.words, told.context.next());
        self.second.forward(x, Some(told.embedding))
    }
}

impl Up {
    pub(super) fn new(maker: &mut Maker<'_>, config: &Config, level: usize) -> Self {
        let width = config.widths[level];
        let above = config.widths[level.saturating_sub(1)];
        let mut from = config.widths[(level + 1).min(config.widths.len() - 1)];
        let (mut residuals, mut attention) = (Vec::new(), Vec::new());
        for i in 0..=config.blocks {
            // The last skip is what the level started from: the level above, made smaller.
            let skip = if i == config.blocks { above } else { width };
            residuals.push(residual(maker, config, [from + skip, width]));
            attention.extend(block(maker, config, level));
            from = width;
        }
        Self {
            residuals,
            attention,
            enlarge: (level > 0).then(|| Conv::enlarge(maker, [width, width])),
        }
    }

    /// Takes what it needs from the end of `kept`.
    pub(super) fn forward(
        &self,
        mut x: Tensor<4>,
        told: &mut Told<'_>,
        kept: &mut Vec<Tensor<4>>,
    ) -> Tensor<4> {
        for (i, residual) in self.residuals.iter().enumerate() {
            let both = [Some(x), kept.pop()].into_iter().flatten().collect();
            x = residual.forward(Tensor::cat(both, 1), Some(told.embedding));
            if let Some(block) = self.attention.get(i) {
                x = block.forward(x, told.words, told.context.next());
            }
        }
        match &self.enlarge {
            Some(enlarge) => enlarge.forward(x),
            None => x,
        }
    }
}

fn residual(maker: &mut Maker<'_>, config: &Config, channels: [usize; 2]) -> Residual {
    Residual::new(maker, channels, config.groups, config.embedding())
}

fn block(maker: &mut Maker<'_>, config: &Config, level: usize) -> Option<Block> {
    config.attends[level].then(|| Block::new(maker, widths(config, level)))
}

fn widths(config: &Config, level: usize) -> Widths {
    Widths {
        own: config.widths[level],
        head: config.head,
        text: config.text,
    }
}
