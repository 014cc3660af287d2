//! The network: 3×3 convolutions at the resolution of the small picture, whose last one gives the pixels
//! that are to be added to it.

use burn::{
    module::{Module, Param},
    tensor::{Tensor, activation::prelu},
};
use weft_tensor::{ConvOptions, Precision, conv2d};

/// Enlarges pictures by a whole factor (`SRVGGNetCompact` of Real-ESRGAN).
///
/// All of its sizes are those of its weights: see [`Compact::read`].
#[derive(Module, Debug)]
pub struct Compact {
    pub(super) layers: Vec<Layer>,
    pub(super) scale: usize,
}

/// A convolution, and the slopes by which what is below zero goes on; the last layer has none.
#[derive(Module, Debug)]
pub(super) struct Layer {
    pub(super) weight: Param<Tensor<4>>,
    pub(super) bias: Param<Tensor<1>>,
    pub(super) slopes: Option<Param<Tensor<1>>>,
}

impl Layer {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let bias = Some(self.bias.val());
        let options = ConvOptions::padded(1);
        let x = conv2d(x, self.weight.val(), bias, options, Precision::F32);
        match &self.slopes {
            Some(slopes) => prelu(x, slopes.val()),
            None => x,
        }
    }
}

impl Compact {
    /// By how much it enlarges each side.
    pub fn scale(&self) -> usize {
        self.scale
    }

    /// How many layers it has, each of which is a step of the work.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// How many pixels of the small picture to each side have a say in a pixel.
    pub fn reach(&self) -> usize {
        self.layers.len()
    }

    /// The picture enlarged at once; [`Compact::enlarge`] takes less memory for large ones. `step(done)` is
    /// called after each layer and may stop the work with an error.
    ///
    /// # Shapes
    /// - rgb: `[batch, 3, height, width]`, sRGB-encoded, 0..=1
    /// - result: `[batch, 3, scale · height, scale · width]`, about 0..=1
    ///
    /// # Errors
    /// That of `step`.
    pub fn forward<E>(
        &self,
        rgb: Tensor<4>,
        mut step: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Tensor<4>, E> {
        let mut x = rgb.clone();
        for (i, layer) in self.layers.iter().enumerate() {
            x = layer.forward(x);
            step(i + 1)?;
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

/// Each r² channels as r × r pixels of one (Shi et al., 2016).
fn shuffle(x: Tensor<4>, r: usize) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let colors = channels / (r * r);
    x.reshape([batch, colors, r, r, height, width])
        .permute([0, 1, 4, 2, 5, 3])
        .reshape([batch, colors, r * height, r * width])
}
