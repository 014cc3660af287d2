//! The network: a trunk of five blocks, an edge map from each, and the map that fuses them.

use burn::{
    module::Module,
    nn::conv::Conv2d,
    tensor::{
        Float, Tensor, TensorData,
        activation::{relu, sigmoid},
        module::{interpolate, max_pool2d},
        ops::{InterpolateMode, InterpolateOptions, MaxPoolOptions, PadMode},
    },
};
use weft_tensor::constant;

/// What the trunk was trained with: blue, green and red of 0..=255, less these means.
const MEANS: [f32; 3] = [104.00699, 116.66877, 122.67892];

/// Holistically-nested edge detection (Xie and Tu, ICCV 2015).
///
/// Below some 128 pixels a side the answer is a blur: enlarge small pictures first.
#[derive(Module, Debug)]
pub struct Hed {
    /// The 3×3 convolutions of each block, from the finest.
    pub(super) blocks: Vec<Vec<Conv2d>>,
    /// The 1×1 convolution that reads an edge map from each block.
    pub(super) sides: Vec<Conv2d>,
    /// The 1×1 convolution over the maps.
    pub(super) fuse: Conv2d,
}

impl Hed {
    /// How likely each pixel is an edge, 0..=1. `step(done, total)` is called after each block and may
    /// stop the work with an error.
    ///
    /// # Shapes
    /// - rgb: `[batch, 3, height, width]`, sRGB-encoded, 0..=1
    /// - result: `[batch, 1, height, width]`
    ///
    /// # Errors
    /// That of `step`.
    pub fn forward<E>(
        &self,
        rgb: Tensor<4>,
        mut step: impl FnMut(usize, usize) -> Result<(), E>,
    ) -> Result<Tensor<4>, E> {
        let [_, _, height, width] = rgb.dims();
        let mut features = centred(rgb);
        let mut maps = Vec::with_capacity(self.blocks.len());
        for (i, (block, side)) in self.blocks.iter().zip(&self.sides).enumerate() {
            if i > 0 {
                features = halve(features);
            }
            for convolution in block {
                features = relu(convolution.forward(features));
            }
            maps.push(enlarge(side.forward(features.clone()), [height, width]));
            step(i + 1, self.blocks.len())?;
        }
        Ok(sigmoid(self.fuse.forward(Tensor::cat(maps, 1))))
    }
}

/// Blue, green and red about zero, in steps of 1/255.
fn centred(rgb: Tensor<4>) -> Tensor<4> {
    let means = TensorData::from(MEANS);
    let means = constant::<1, Float>(means, &rgb.device()).reshape([1, 3, 1, 1]);
    rgb.flip([1]) * 255.0 - means
}

/// The largest of each 2×2 pixels; an odd last row or column stands alone.
fn halve(features: Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = features.dims();
    // Repeating the last row adds no new largest value, so the window at the end is a window of what is
    // there, as with TensorFlow's `SAME`.
    let features = match (height % 2, width % 2) {
        (0, 0) => features,
        (below, right) => features.pad([(0, below), (0, right)], PadMode::Edge),
    };
    max_pool2d(features, MaxPoolOptions::new([2, 2]))
}

/// Bilinear, by the centres of pixels.
fn enlarge(map: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    if map.dims()[2..] == size {
        return map;
    }
    let options = InterpolateOptions::new(InterpolateMode::Bilinear)
        .with_align_corners(false)
        .with_output_size(size);
    interpolate(map, options)
}
