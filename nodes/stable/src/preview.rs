//! What a latent looks like, roughly: colours that follow straight from its channels.

use burn::tensor::{Float, Tensor, TensorData};
use weft_models::stable::kl::Scale;
use weft_node::value::Image;
use weft_tensor::constant;

/// Red, green and blue of each channel.
type Colors = [[f32; 3]; 4];

/// Of Stable Diffusion 1 and 2.
const ONE: Colors = [
    [0.298, 0.207, 0.208],
    [0.187, 0.286, 0.173],
    [-0.158, 0.189, 0.264],
    [-0.184, -0.271, -0.473],
];
/// Of SDXL.
const XL: Colors = [
    [0.3651, 0.4232, 0.4341],
    [-0.2533, -0.0042, 0.1068],
    [0.1076, 0.1111, -0.0362],
    [-0.3165, -0.2492, -0.2188],
];

/// A small picture of latents; `None` where their channels are not those of a known family.
pub(crate) fn preview(x: &Tensor<4>, scale: Scale) -> Option<Image> {
    let [batch, channels, height, width] = x.dims();
    if channels != 4 {
        return None;
    }
    let colors = if scale == Scale::XL { XL } else { ONE };
    let colors = TensorData::new(colors.concat(), [4, 3]);
    let colors = constant::<2, Float>(colors, &x.device());
    let rows: Tensor<2> = x
        .clone()
        .permute([0, 2, 3, 1])
        .reshape([batch * height * width, 4]);
    let rgb = rows.matmul(colors).reshape([batch, height, width, 3]);
    let rgb = rgb.permute([0, 3, 1, 2]);
    Some(Image::new((rgb * 0.5 + 0.5).clamp(0.0, 1.0)))
}
