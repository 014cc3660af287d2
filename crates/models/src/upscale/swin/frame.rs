//! The way in and out of a network of windows.

use burn::tensor::Tensor;

use super::{Residual, channels_first, channels_last, tail::Tail};
use crate::{
    Weights,
    layers::{Conv, LayerNorm},
    upscale::{
        color::{RANGE, centred, uncentred},
        keys::{channels, counted},
        network::Stopped,
        padding::mirrored,
        windows,
    },
};

/// The window of the networks against blocks of JPEG, the only ones that take colours in steps of 1/255.
const WINDOW_OF_JPEG: usize = 7;

/// The sizes that all groups share.
#[derive(Clone, Copy, Debug)]
pub(in crate::upscale) struct Shape {
    /// Channels.
    pub(in crate::upscale) width: usize,
    /// The side of a window.
    pub(in crate::upscale) window: usize,
    pub(in crate::upscale) groups: usize,
}

impl Shape {
    /// That of a file; else why it cannot be.
    pub(in crate::upscale) fn of(weights: &Weights<'_>) -> Result<Self, String> {
        let [width, inputs] = channels(weights, "conv_first.weight")?;
        if inputs != 3 {
            return Err(format!(
                "`conv_first.weight` takes {inputs} channels; 3 colours are read"
            ));
        }
        let table = "layers.0.residual_group.blocks.0.attn.relative_position_bias_table";
        let [differences, _] = windows::sizes(weights, table)?;
        Ok(Self {
            width,
            window: differences.div_ceil(2),
            groups: counted(weights, "layers.", "")?,
        })
    }
}

/// All but the groups.
#[derive(Debug)]
pub(in crate::upscale) struct Frame {
    window: usize,
    range: f32,
    first: Conv,
    norm_before: Option<LayerNorm>,
    norm_after: LayerNorm,
    after: Residual,
    tail: Tail,
}

impl Frame {
    /// That of a file; else why its sizes cannot be.
    pub(in crate::upscale) fn read(
        weights: &mut Weights<'_>,
        shape: Shape,
    ) -> Result<Self, String> {
        let Shape { width, window, .. } = shape;
        let has_norm = weights.shape("patch_embed.norm.weight").is_some();
        Ok(Self {
            window,
            range: if window == WINDOW_OF_JPEG { RANGE } else { 1.0 },
            first: Conv::read(weights, "conv_first", [3, width], 3),
            norm_before: has_norm.then(|| LayerNorm::read(weights, "patch_embed.norm", width)),
            norm_after: LayerNorm::read(weights, "norm", width),
            after: Residual::read(weights, "conv_after_body", width),
            tail: Tail::read(weights, width)?,
        })
    }

    pub(in crate::upscale) fn scale(&self) -> usize {
        self.tail.scale()
    }

    pub(in crate::upscale) fn window(&self) -> usize {
        self.window
    }

    /// How many pixels to each side have a say, but for the groups.
    pub(in crate::upscale) fn reach(&self) -> usize {
        // What is missing below and at the right comes from within the last window but one.
        1 + self.after.reach() + self.tail.reach() + self.window
    }

    /// The picture `[batch, 3, height, width]` enlarged, where `groups` takes features
    /// `[batch, height, width, channels]` of whole windows and gives as much.
    pub(in crate::upscale) fn forward(
        &self,
        rgb: Tensor<4>,
        groups: impl FnOnce(Tensor<4>) -> Result<Tensor<4>, Stopped>,
    ) -> Result<Tensor<4>, Stopped> {
        let [_, _, height, width] = rgb.dims();
        let rgb = centred(mirrored(rgb, self.window)) * self.range;
        let first = self.first.forward(rgb.clone());
        let features = channels_last(first.clone());
        let features = match &self.norm_before {
            Some(norm) => norm.forward(features),
            None => features,
        };
        let features = self.norm_after.forward(groups(features)?);
        let features = self.after.forward(channels_first(features)) + first;
        let large = self.tail.forward(features, rgb);
        let [height, width] = [height, width].map(|side| side * self.scale());
        let large = large.narrow(2, 0, height).narrow(3, 0, width);
        Ok(uncentred(large / self.range))
    }
}
