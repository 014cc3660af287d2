//! The way down and the way up.

use burn::{module::Module, tensor::Tensor};

use super::Config;
use crate::layers::{Conv, GroupNorm, Maker, Residual};

/// Channels of 2×2 pixels of RGB.
const UNSHUFFLED: usize = 12;

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
        let x = self.first.forward(unshuffle(rgb));
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
        shuffle(self.last.forward(self.norm.silu(x)))
    }
}

/// Each 2×2 pixels as channels of one.
fn unshuffle(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels, height / 2, 2, width / 2, 2])
        .permute([0, 1, 3, 5, 2, 4])
        .reshape([batch, 4 * channels, height / 2, width / 2])
}

/// Four channels as 2×2 pixels.
fn shuffle(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels / 4, 2, 2, height, width])
        .permute([0, 1, 4, 2, 5, 3])
        .reshape([batch, channels / 4, 2 * height, 2 * width])
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};
    use weft_testing::{max_error, numbers};

    use super::{shuffle, unshuffle};

    #[test]
    fn shuffled_pixels_come_back_where_they_were() {
        let x = Tensor::<1>::from_data(
            (0..96).map(|i| i as f32).collect::<Vec<_>>().as_slice(),
            &Device::flex(),
        );
        let x = x.reshape([2, 3, 4, 4]);
        let apart = unshuffle(x.clone());
        assert_eq!(apart.dims(), [2, 12, 2, 2]);
        assert_eq!(
            numbers(&apart)[..8],
            [0.0, 2.0, 8.0, 10.0, 1.0, 3.0, 9.0, 11.0]
        );
        assert_eq!(max_error(&shuffle(apart), &x), 0.0);
    }
}
