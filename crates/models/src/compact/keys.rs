//! Which key of a file of weights is which layer, and the sizes that the shapes tell.
//!
//! `body.{0, 2, ..}` are the 3×3 convolutions, each a `.weight`, `[out, in, 3, 3]`, and a `.bias`, `[out]`;
//! `body.{1, 3, ..}.weight` are the slopes between them, `[out]`. These are the names of Real-ESRGAN.

use burn::{module::Param, tensor::Device};

use super::{Compact, net::Layer};
use crate::{Weights, WeightsError};

const NAME: &str = "Compact";

/// Networks beyond these are no networks of this kind.
const MOST_LAYERS: usize = 128;
const MOST_CHANNELS: usize = 512;
const MOST_SCALE: usize = 8;

/// What the shapes of a file tell.
struct Sizes {
    /// Convolutions.
    layers: usize,
    /// Channels of all but the last of them.
    width: usize,
    /// By how much it enlarges.
    scale: usize,
}

impl Compact {
    /// Reads a network of any depth, width and factor from the bytes of a safetensors file of `f32`, `f16`
    /// or `bf16`.
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or not one of this network: then every key that does not
    /// fit is named.
    pub fn read(bytes: &[u8], device: &Device) -> Result<Self, WeightsError> {
        let mut weights = Weights::new(bytes, device)?;
        let sizes = sizes(&weights).map_err(|why| WeightsError::Config { network: NAME, why })?;
        let colors = 3;
        let mut layers = Vec::with_capacity(sizes.layers);
        for i in 0..sizes.layers {
            let is_last = i + 1 == sizes.layers;
            let inputs = if i == 0 { colors } else { sizes.width };
            let outputs = if is_last {
                colors * sizes.scale * sizes.scale
            } else {
                sizes.width
            };
            layers.push(layer(&mut weights, i, [inputs, outputs], is_last));
        }
        weights.finish(NAME)?;
        Ok(Self {
            layers,
            scale: sizes.scale,
        })
    }
}

fn layer(
    weights: &mut Weights<'_>,
    i: usize,
    [inputs, outputs]: [usize; 2],
    is_last: bool,
) -> Layer {
    let (body, kernel) = (2 * i, [outputs, inputs, 3, 3]);
    let mut row = |key: String| Param::from_tensor(weights.tensor(&key, [outputs]));
    let bias = row(format!("body.{body}.bias"));
    let slopes = (!is_last).then(|| row(format!("body.{}.weight", body + 1)));
    Layer {
        weight: Param::from_tensor(weights.tensor(&format!("body.{body}.weight"), kernel)),
        bias,
        slopes,
    }
}

/// The sizes, from the first and the last kernel; else what is wrong with them.
fn sizes(weights: &Weights<'_>) -> Result<Sizes, String> {
    let last = weights.keys().filter_map(number_of_kernel).max();
    let last = last.ok_or("it has no `body.0.weight`; is it a file of another network?")?;
    let layers = last / 2 + 1;
    if last % 2 == 1 || !(2..=MOST_LAYERS).contains(&layers) {
        return Err(format!(
            "its last convolution is `body.{last}`; it must have an even number, 2 to {}",
            2 * (MOST_LAYERS - 1)
        ));
    }
    let outputs = |body: usize| {
        let key = format!("body.{body}.weight");
        let shape = weights.shape(&key).unwrap_or_default();
        match shape[..] {
            [outputs, _, _, _] if outputs <= MOST_CHANNELS => Ok(outputs),
            _ => Err(format!(
                "`{key}` is {shape:?}, not the kernels of at most {MOST_CHANNELS} channels"
            )),
        }
    };
    let (width, pixels) = (outputs(0)?, outputs(last)?);
    let scale = (1..=MOST_SCALE).find(|scale| 3 * scale * scale == pixels);
    let scale = scale.ok_or_else(|| {
        format!("`body.{last}.weight` gives {pixels} channels, which are no 3 colours of r × r pixels for r of 1 to {MOST_SCALE}")
    })?;
    Ok(Sizes {
        layers,
        width,
        scale,
    })
}

/// `body.{N}.weight` of four axes is a kernel of that number.
fn number_of_kernel((key, axes): (&str, usize)) -> Option<usize> {
    let number = key.strip_prefix("body.")?.strip_suffix(".weight")?;
    number.parse().ok().filter(|_| axes == 4)
}
