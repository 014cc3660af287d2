//! Which key of a file of weights is which layer, and the sizes that the shapes tell.
//!
//! `body.{0, 2, ..}` are the 3×3 convolutions, each a `.weight`, `[out, in, 3, 3]`, and a `.bias`, `[out]`;
//! `body.{1, 3, ..}.weight` are the slopes between them, `[out]`. These are the names of Real-ESRGAN.

use super::{Compact, net::Layer};
use crate::{Weights, layers::Conv};

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
    /// Whether a file has convolutions and slopes by turns.
    pub(in crate::upscale) fn detect(weights: &Weights<'_>) -> bool {
        weights.keys().any(|key| number_of_kernel(key).is_some())
            && weights
                .keys()
                .any(|key| matches!(key, ("body.1.weight" | "body.3.weight", 1)))
    }

    /// The network of a file, of any depth, width and factor; else why its sizes cannot be.
    pub(in crate::upscale) fn read(weights: &mut Weights<'_>) -> Result<Self, String> {
        let sizes = sizes(weights)?;
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
            let conv = Conv::read(weights, &format!("body.{}", 2 * i), [inputs, outputs], 3);
            let slopes = format!("body.{}.weight", 2 * i + 1);
            let slopes = (!is_last).then(|| weights.tensor(&slopes, [outputs]));
            layers.push(Layer { conv, slopes });
        }
        Ok(Self {
            layers,
            scale: sizes.scale,
        })
    }
}

/// The sizes, from the first and the last kernel; else what is wrong with them.
fn sizes(weights: &Weights<'_>) -> Result<Sizes, String> {
    let last = weights.keys().filter_map(number_of_kernel).max();
    let last = last.ok_or("it has no `body.0.weight`")?;
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
