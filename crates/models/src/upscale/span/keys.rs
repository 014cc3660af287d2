//! Which keys are which layer of SPAN, and three convolutions beside a fourth as the one that they are.

use burn::tensor::Tensor;

use super::{Span, net::Block};
use crate::{
    Weights,
    layers::Conv,
    upscale::keys::{channels, side},
};

const BLOCKS: usize = 6;

impl Span {
    /// The network of a file, of any width and factor; else why its sizes cannot be.
    pub(in crate::upscale) fn read(weights: &mut Weights<'_>) -> Result<Self, String> {
        let key = "upsampler.0.weight";
        let [pixels, width] = channels(weights, key)?;
        let scale = side(pixels / 3).filter(|side| 3 * side * side == pixels);
        let scale = scale.ok_or_else(|| {
            format!("`{key}` gives {pixels} channels, which are no 3 colours of squares of pixels")
        })?;
        let is_centred = weights.shape("no_norm").is_none();
        weights.pass("no_norm");
        let mut layer = |key: &str, inputs| merged(weights, key, [inputs, width]);
        let mut block = |i| Block([1, 2, 3].map(|j| layer(&format!("block_{i}.c{j}_r"), width)));
        let blocks = (1..=BLOCKS).map(&mut block).collect();
        Ok(Self {
            is_centred,
            blocks,
            first: layer("conv_1", 3),
            body: layer("conv_2", width),
            joined: Conv::read(weights, "conv_cat", [4 * width, width], 1),
            last: Conv::read(weights, "upsampler.0", [width, pixels], 3),
            scale,
        })
    }
}

/// The 3×3 convolution that a trainer kept as 1×1, 3×3 and 1×1 one after another, beside a 1×1. A file without
/// those has it as one, `key.eval_conv`; beside them that may be an old one, and is not read.
fn merged(weights: &mut Weights<'_>, key: &str, [inputs, outputs]: [usize; 2]) -> Conv {
    let has_parts = weights.shape(&format!("{key}.conv.1.weight")).is_some();
    let whole = format!("{key}.eval_conv");
    if !has_parts && weights.shape(&format!("{whole}.weight")).is_some() {
        return Conv::read(weights, &whole, [inputs, outputs], 3);
    }
    weights.pass(&format!("{whole}.weight"));
    weights.pass(&format!("{whole}.bias"));
    // Trainers make them twice as wide; that is only said where the file does not say it.
    let wide = channels(weights, &format!("{key}.conv.1.weight"));
    let [wide_out, wide_in] = wide.unwrap_or([2 * outputs, 2 * inputs]);
    let parts = ["conv.0", "conv.1", "conv.2", "sk"];
    let channels = [
        [inputs, wide_in],
        [wide_in, wide_out],
        [wide_out, outputs],
        [inputs, outputs],
    ];
    let mut part = |i: usize, side: usize| {
        let ([inputs, outputs], key) = (channels[i], format!("{key}.{}", parts[i]));
        let weight = weights.tensor(&format!("{key}.weight"), [outputs, inputs, side, side]);
        let bias = weights.tensor::<1>(&format!("{key}.bias"), [outputs]);
        (weight, bias.unsqueeze_dim::<2>(1))
    };
    one([part(0, 1), part(1, 3), part(2, 1)], part(3, 1))
}

/// A kernel and a bias `[outputs, 1]`.
type Part = (Tensor<4>, Tensor<2>);

/// Convolutions of 1×1, 3×3 and 1×1 one after another, and one of 1×1 beside them.
fn one([into, middle, out]: [Part; 3], beside: Part) -> Conv {
    let [wide_out, wide_in, _, _] = middle.0.dims();
    let [outputs, inputs, _, _] = beside.0.dims();
    let from = into.0.reshape([wide_in, inputs]);
    let to = out.0.reshape([outputs, wide_out]);
    let summed = middle.0.clone().sum_dim(3).sum_dim(2);
    let bias = summed.reshape([wide_out, wide_in]).matmul(into.1) + middle.1;
    let bias = to.clone().matmul(bias) + out.1 + beside.1;
    let middle = middle.0.permute([0, 2, 3, 1]);
    let kernel = middle.reshape([wide_out * 9, wide_in]).matmul(from);
    let kernel = to.matmul(kernel.reshape([wide_out, 9 * inputs]));
    let kernel = kernel
        .reshape([outputs, 3, 3, inputs])
        .permute([0, 3, 1, 2]);
    Conv::of(
        kernel + beside.0.pad((1, 1, 1, 1), 0.0),
        bias.reshape([outputs]),
    )
}
