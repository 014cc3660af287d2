//! Which key of a file of weights is which convolution of the network.
//!
//! `block{1..5}.conv{1..}` are the 3×3 convolutions of the trunk, `side{1..5}` the 1×1 convolutions that
//! read an edge map from each block, `fuse` the 1×1 convolution over the five maps; each is a `.weight`,
//! `[out, in, height, width]`, and a `.bias`, `[out]`.

use burn::{
    module::Param,
    nn::{PaddingConfig2d, conv::Conv2d},
    tensor::Device,
};

use super::{Config, Hed};
use crate::{Weights, WeightsError};

impl Hed {
    /// Reads the network from the bytes of a safetensors file of `f32`, `f16` or `bf16`.
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or not one of this network: then every key that does not
    /// fit is named.
    pub fn read(config: &Config, bytes: &[u8], device: &Device) -> Result<Self, WeightsError> {
        let mut weights = Weights::new(bytes, device)?;
        let (mut blocks, mut sides) = (Vec::new(), Vec::new());
        let mut channels = 3;
        for (i, block) in (1..).zip(&config.blocks) {
            let mut layers = Vec::new();
            for j in 1..=block.layers {
                let key = format!("block{i}.conv{j}");
                layers.push(convolution(&mut weights, &key, [block.width, channels, 3]));
                channels = block.width;
            }
            blocks.push(layers);
            sides.push(convolution(
                &mut weights,
                &format!("side{i}"),
                [1, channels, 1],
            ));
        }
        let fuse = convolution(&mut weights, "fuse", [1, sides.len(), 1]);
        weights.finish("HED")?;
        Ok(Self {
            blocks,
            sides,
            fuse,
        })
    }
}

/// A convolution that keeps the size of the picture; `shape` is its channels out, in, and the side of
/// its square kernel.
fn convolution(weights: &mut Weights<'_>, key: &str, shape: [usize; 3]) -> Conv2d {
    let [channels_out, channels_in, side] = shape;
    let kernel = [channels_out, channels_in, side, side];
    let margin = side / 2;
    Conv2d {
        weight: Param::from_tensor(weights.tensor(&format!("{key}.weight"), kernel)),
        bias: Some(Param::from_tensor(
            weights.tensor(&format!("{key}.bias"), [channels_out]),
        )),
        stride: [1, 1],
        kernel_size: [side, side],
        dilation: [1, 1],
        groups: 1,
        padding: PaddingConfig2d::Explicit(margin, margin, margin, margin),
    }
}
