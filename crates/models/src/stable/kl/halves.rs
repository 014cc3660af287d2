//! The way down and the way up, each with attention at its narrowest.

use burn::{module::Module, tensor::Tensor};
use weft_tensor::{ConvOptions, Precision};

use super::Config;
use crate::{
    layers::{Conv, GroupNorm, Linear, Residual, apart, attended},
    stable::source::{Norms, Source},
};

/// Added to variances.
const EPSILON: f64 = 1e-6;

fn norms(config: &Config) -> Norms {
    Norms {
        groups: config.groups,
        epsilon: EPSILON,
    }
}

/// A picture as mean and logarithm of variance of its latents.
#[derive(Module, Debug)]
pub(super) struct Encoder {
    first: Conv,
    levels: Vec<Level>,
    middle: Middle,
    norm: GroupNorm,
    last: Conv,
}

/// Latents as a picture.
#[derive(Module, Debug)]
pub(super) struct Decoder {
    first: Conv,
    middle: Middle,
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

/// The convolution that leads from a level to the next.
struct Next {
    name: &'static str,
    options: ConvOptions,
}

/// Halves the map. The margin of zeros is below and right of it alone.
const DOWN: Next = Next {
    name: "downsamplers.0.conv",
    options: ConvOptions {
        stride: 2,
        padding: [0, 1, 0, 1],
        upsample: 1,
    },
};
/// Doubles the map.
const UP: Next = Next {
    name: "upsamplers.0.conv",
    options: ConvOptions {
        stride: 1,
        padding: [1; 4],
        upsample: 2,
    },
};

impl Level {
    fn read(
        source: &mut Source<'_>,
        name: &str,
        channels: &[[usize; 2]],
        (norms, next): (Norms, Option<Next>),
    ) -> Self {
        let [_, width] = channels[channels.len() - 1];
        let blocks = channels.iter().enumerate();
        let residuals = blocks
            .map(|(i, &pair)| source.residual(&format!("{name}.resnets.{i}"), pair, norms, 0));
        Self {
            residuals: residuals.collect(),
            next: next.map(|next| {
                source.conv(
                    &format!("{name}.{}", next.name),
                    [width; 2],
                    3,
                    next.options,
                )
            }),
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

/// Attention of every pixel to every other, between two residual blocks.
#[derive(Module, Debug)]
struct Middle {
    first: Residual,
    norm: GroupNorm,
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    last: Residual,
    #[module(skip)]
    precision: Precision,
}

impl Middle {
    fn read(source: &mut Source<'_>, half: &str, width: usize, norms: Norms) -> Self {
        let name = format!("{half}.mid_block");
        let attention = format!("{name}.attentions.0");
        let mut linear = |leaf: &str| source.linear(&format!("{attention}.{leaf}"), [width; 2]);
        let [query, key, value, out] = ["to_q", "to_k", "to_v", "to_out.0"].map(&mut linear);
        let mut residual =
            |i| source.residual(&format!("{name}.resnets.{i}"), [width; 2], norms, 0);
        Self {
            first: residual(0),
            last: residual(1),
            norm: source.group_norm(&format!("{attention}.group_norm"), width, norms),
            query,
            key,
            value,
            out,
            precision: source.precision(),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.first.forward(x, None);
        let [batch, width, rows, columns] = x.dims();
        let tokens = self
            .norm
            .forward(x.clone())
            .reshape([batch, width, rows * columns])
            .swap_dims(1, 2);
        let pair = [&self.key, &self.value].map(|layer| apart(layer.forward(tokens.clone()), 1));
        let found = attended(self.query.forward(tokens), pair, None, self.precision);
        let found = self.out.forward(found).swap_dims(1, 2);
        self.last
            .forward(x + found.reshape([batch, width, rows, columns]), None)
    }
}

impl Encoder {
    pub(super) fn read(source: &mut Source<'_>, config: &Config) -> Self {
        let (widths, norms) = (&config.widths, norms(config));
        let deepest = widths[widths.len() - 1];
        let mut levels = Vec::with_capacity(widths.len());
        let mut inputs = widths[0];
        for (i, &width) in widths.iter().enumerate() {
            let mut channels = vec![[width; 2]; config.layers];
            channels[0][0] = inputs;
            inputs = width;
            let next = (i + 1 < widths.len()).then_some(DOWN);
            levels.push(Level::read(
                source,
                &format!("encoder.down_blocks.{i}"),
                &channels,
                (norms, next),
            ));
        }
        Self {
            first: source.three("encoder.conv_in", [3, widths[0]]),
            levels,
            middle: Middle::read(source, "encoder", deepest, norms),
            norm: source.group_norm("encoder.conv_norm_out", deepest, norms),
            last: source.three("encoder.conv_out", [deepest, 2 * config.latents]),
        }
    }

    /// `[batch, 3, height, width]` gives `[batch, 2 · latents, ..]`.
    pub(super) fn forward(&self, rgb: Tensor<4>) -> Tensor<4> {
        let levels = self.levels.iter();
        let x = levels.fold(self.first.forward(rgb), |x, level| level.forward(x));
        self.last.forward(self.norm.silu(self.middle.forward(x)))
    }
}

impl Decoder {
    pub(super) fn read(source: &mut Source<'_>, config: &Config) -> Self {
        let (widths, norms) = (&config.widths, norms(config));
        let deepest = widths[widths.len() - 1];
        let mut levels = Vec::with_capacity(widths.len());
        let mut inputs = deepest;
        for (i, &width) in widths.iter().rev().enumerate() {
            let mut channels = vec![[width; 2]; config.layers + 1];
            channels[0][0] = inputs;
            inputs = width;
            let next = (i + 1 < widths.len()).then_some(UP);
            levels.push(Level::read(
                source,
                &format!("decoder.up_blocks.{i}"),
                &channels,
                (norms, next),
            ));
        }
        Self {
            first: source.three("decoder.conv_in", [config.latents, deepest]),
            middle: Middle::read(source, "decoder", deepest, norms),
            levels,
            norm: source.group_norm("decoder.conv_norm_out", widths[0], norms),
            last: source.three("decoder.conv_out", [widths[0], 3]),
        }
    }

    /// `[batch, latents, ..]` gives `[batch, 3, height, width]`.
    pub(super) fn forward(&self, latents: Tensor<4>) -> Tensor<4> {
        let x = self.middle.forward(self.first.forward(latents));
        let x = self.levels.iter().fold(x, |x, level| level.forward(x));
        self.last.forward(self.norm.silu(x))
    }
}
