//! The way down and the way up.

use burn::{module::Module, tensor::Tensor};

use super::Config;
use crate::layers::{Conv, GroupNorm, Maker, Residual, UNSHUFFLED, shuffle, unshuffle};

/// A picture as mean and logarithm of variance of its latents.
#[derive(Module, Debug)]
pub(super) struct Encoder {
    first: Conv,
    levels: Vec<Level>,
    norm: GroupNorm,
    last: Conv,
}

/// Latents as a picture.
#[derive(Module, Debug)]
pub(super) struct Decoder {
    first: Conv,
    levels: Vec<Level>,
    norm: GroupNorm,
    last: Conv,
}

/// The residual blocks of one resolution, and the convolution that leads to the next.
#[derive(Module, Debug)]
struct Level {
    residuals: Vec<Residual>,
    next: Option<Conv>,
}

impl Level {
    fn new(maker: &mut Maker<'_>, config: &Config, level: usize, next: Option<Conv>) -> Self {
        let width = config.widths[level];
        let residual = |_| Residual::new(maker, [width, width], config.groups, 0);
        Self {
            residuals: (0..config.blocks[level]).map(residual).collect(),
            next,
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let blocks = self.residuals.iter();
        let x = blocks.fold(x, |x, residual| residual.forward(x, None));
        match &self.next {
            Some(next) => next.forward(x),
            None => x,
        }
    }
}

impl Encoder {
    pub(super) fn new(maker: &mut Maker<'_>, config: &Config) -> Self {
        let widths = &config.widths;
        let first = Conv::three(maker, [UNSHUFFLED, widths[0]]);
        let mut levels = Vec::with_capacity(widths.len());
        for level in 0..widths.len() {
            let below = widths.get(level + 1);
            let next = below.map(|&below| Conv::shrink(maker, [widths[level], below]));
            levels.push(Level::new(maker, config, level, next));
        }
        let deepest = widths[widths.len() - 1];
        Self {
            first,
            levels,
            norm: GroupNorm::new(maker, deepest, config.groups),
            last: Conv::three(maker, [deepest, 2 * config.channels]),
        }
    }

    /// `[batch, 3, height, width]` gives `[batch, 2 · channels, ..]`.
    pub(super) fn forward(&self, rgb: Tensor<4>) -> Tensor<4> {
        let x = self.first.forward(unshuffle(rgb, 2));
        let x = self.levels.iter().fold(x, |x, level| level.forward(x));
        self.last.forward(self.norm.silu(x))
    }
}

impl Decoder {
    pub(super) fn new(maker: &mut Maker<'_>, config: &Config) -> Self {
        let widths = &config.widths;
        let first = Conv::three(maker, [config.channels, widths[widths.len() - 1]]);
        let mut levels = Vec::with_capacity(widths.len());
        for level in (0..widths.len()).rev() {
            let above = level.checked_sub(1).map(|above| widths[above]);
            let next = above.map(|above| Conv::enlarge(maker, [widths[level], above]));
            levels.push(Level::new(maker, config, level, next));
        }
        Self {
            first,
            levels,
            norm: GroupNorm::new(maker, widths[0], config.groups),
            last: Conv::three(maker, [widths[0], UNSHUFFLED]),
        }
    }

    /// `[batch, channels, ..]` gives `[batch, 3, height, width]`.
    pub(super) fn forward(&self, latents: Tensor<4>) -> Tensor<4> {
        let x = self.first.forward(latents);
        let x = self.levels.iter().fold(x, |x, level| level.forward(x));
        shuffle(self.last.forward(self.norm.silu(x)), 2)
    }
}
