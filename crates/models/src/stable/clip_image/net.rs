//! The network: patches as tokens, beside one that stands for the whole picture.

use burn::{
    module::{Module, Param},
    tensor::{Device, Float, Tensor, TensorData},
};
use weft_tensor::constant;

use super::Config;
use crate::{
    layers::{Conv, LayerNorm, Linear},
    stable::clip::layer::Layer,
};

/// An image encoder of CLIP (Radford et al., 2021): a vision transformer (Dosovitskiy et al., 2020).
#[derive(Module, Debug)]
pub struct ClipImage {
    pub(super) patches: Conv,
    pub(super) class: Param<Tensor<1>>,
    pub(super) positions: Param<Tensor<2>>,
    pub(super) first_norm: LayerNorm,
    pub(super) layers: Vec<Layer>,
    pub(super) last_norm: LayerNorm,
    pub(super) projection: Linear,
    #[module(skip)]
    pub(super) config: Config,
}

/// What is known of pictures.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// `[batch, 1, projection]`: the whole pictures, for a plain IP-Adapter.
    pub whole: Tensor<3>,
    /// `[batch, tokens, width]`: the tokens before the last layer, for one with a resampler.
    pub hidden: Tensor<3>,
}

/// Of the colours over the pictures that CLIP was trained with: what is taken from them, and what they are divided
/// by.
const MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const DEVIATION: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

impl ClipImage {
    /// Its sizes.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// # Shapes
    /// - rgb: `[batch, 3, size, size]`, sRGB-encoded, 0..=1
    ///
    /// # Panics
    /// The pictures are of another size.
    pub fn encode(&self, rgb: Tensor<4>) -> Encoded {
        let size = self.config.size;
        let batch = rgb.dims()[0];
        assert_eq!(
            rgb.dims(),
            [batch, 3, size, size],
            "image encoder: pictures of another size"
        );
        let mut x = self.first_norm.forward(self.embedded(rgb));
        let mut hidden = x.clone();
        for layer in &self.layers {
            hidden = x.clone();
            x = layer.forward(x, None);
        }
        let whole = self.last_norm.forward(x.narrow(1, 0, 1));
        Encoded {
            whole: self.projection.forward(whole),
            hidden,
        }
    }

    /// What it says of one picture of the mean colours: that which shows nothing, for guidance to lead away from.
    pub fn nothing(&self) -> Encoded {
        let size = self.config.size;
        let mean = row(MEAN, &self.class.val().device());
        self.encode(mean.expand([1, 3, size, size]))
    }

    /// `[batch, tokens, width]`.
    fn embedded(&self, rgb: Tensor<4>) -> Tensor<3> {
        let device = rgb.device();
        let normal = (rgb - row(MEAN, &device)) / row(DEVIATION, &device);
        let patches = self.patches.forward(normal);
        let [batch, width, rows, columns] = patches.dims();
        let patches = patches
            .reshape([batch, width, rows * columns])
            .swap_dims(1, 2);
        let class = self.class.val().reshape([1, 1, width]).repeat_dim(0, batch);
        Tensor::cat(vec![class, patches], 1) + self.positions.val().unsqueeze_dim::<3>(0)
    }
}

/// A number for each colour, `[1, 3, 1, 1]`.
fn row(numbers: [f32; 3], device: &Device) -> Tensor<4> {
    constant::<1, Float>(TensorData::from(numbers), device).reshape([1, 3, 1, 1])
}
