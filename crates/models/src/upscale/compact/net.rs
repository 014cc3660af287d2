//! The network: 3×3 convolutions at the resolution of the small picture, whose last one gives the pixels
//! that are to be added to it.

use burn::tensor::{Tensor, activation::prelu};

use crate::{
    layers::{Conv, shuffle},
    upscale::network::{Enlarge, Step, Stopped},
};

/// Enlarges pictures by a whole factor (`SRVGGNetCompact` of Real-ESRGAN).
///
/// All of its sizes are those of its weights: see [`Compact::read`].
#[derive(Debug)]
pub(in crate::upscale) struct Compact {
    pub(super) layers: Vec<Layer>,
    pub(super) scale: usize,
}

/// A convolution, and the slopes by which what is below zero goes on; the last layer has none.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) conv: Conv,
    pub(super) slopes: Option<Tensor<1>>,
}

impl Layer {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.conv.forward(x);
        match &self.slopes {
            Some(slopes) => prelu(x, slopes.clone()),
            None => x,
        }
    }
}

impl Enlarge for Compact {
    fn scale(&self) -> usize {
        self.scale
    }

    fn steps(&self) -> usize {
        self.layers.len()
    }

    fn reach(&self) -> usize {
        self.layers.len()
    }

    fn forward(&self, rgb: Tensor<4>, step: Step<'_>) -> Result<Tensor<4>, Stopped> {
        let mut x = rgb.clone();
        for layer in &self.layers {
            x = layer.forward(x);
            step()?;
        }
        // Added before the channels become pixels, where each of the r² channels of a colour meets the
        // same numbers: that is the nearest enlargement, without making it.
        let each = self.scale * self.scale;
        let [batch, channels, height, width] = rgb.dims();
        let x = x.reshape([batch, channels, each, height * width]);
        let x = x + rgb.reshape([batch, channels, 1, height * width]);
        Ok(shuffle(
            x.reshape([batch, channels * each, height, width]),
            self.scale,
        ))
    }
}
