//! From features to a larger picture, in the four ways of SwinIR.

use burn::tensor::{Tensor, activation::leaky_relu};

use crate::{
    Weights,
    layers::{Conv, shuffle},
    upscale::keys::{channels, side},
};

/// The way out.
#[derive(Debug)]
pub(super) enum Tail {
    /// `pixelshuffle`: for pictures that were only made smaller.
    Shuffle {
        before: Conv,
        /// With the factor of each.
        ups: Vec<(Conv, usize)>,
        last: Conv,
    },
    /// `pixelshuffledirect`: for small networks.
    Direct { last: Conv, scale: usize },
    /// `nearest+conv`: for pictures from anywhere.
    Nearest {
        before: Conv,
        /// Those of the map doubled, and one more.
        ups: Vec<Conv>,
        last: Conv,
    },
    /// What is added to a picture of the same size: for noise and blocks of JPEG.
    Same { last: Conv },
}

impl Tail {
    /// The way that the keys tell, from features of that many channels.
    pub(super) fn read(weights: &mut Weights<'_>, width: usize) -> Result<Self, String> {
        let has = |key: &str| weights.shape(key).is_some();
        if has("conv_before_upsample.0.weight") {
            let [inner, _] = channels(weights, "conv_before_upsample.0.weight")?;
            if has("conv_up1.weight") {
                return Ok(Self::nearest(weights, [width, inner]));
            }
            return Self::shuffled(weights, [width, inner]);
        }
        if !has("upsample.0.weight") {
            let last = Conv::read(weights, "conv_last", [width, 3], 3);
            return Ok(Self::Same { last });
        }
        let [pixels, _] = channels(weights, "upsample.0.weight")?;
        let scale = side(pixels / 3).filter(|side| 3 * side * side == pixels);
        let scale = scale.ok_or_else(|| {
            format!("`upsample.0.weight` gives {pixels} channels, which are no 3 colours of squares of pixels")
        })?;
        let last = Conv::read(weights, "upsample.0", [width, pixels], 3);
        Ok(Self::Direct { last, scale })
    }

    fn shuffled(weights: &mut Weights<'_>, [width, inner]: [usize; 2]) -> Result<Self, String> {
        let before = Conv::read(weights, "conv_before_upsample.0", [width, inner], 3);
        let mut ups = Vec::new();
        for i in (0..6).step_by(2) {
            let key = format!("upsample.{i}");
            let Ok([pixels, _]) = channels(weights, &format!("{key}.weight")) else {
                break;
            };
            let r = side(pixels / inner).filter(|r| r * r * inner == pixels);
            let r = r.ok_or_else(|| {
                format!("`{key}.weight` gives {pixels} channels, which are no {inner} of squares of pixels")
            })?;
            ups.push((Conv::read(weights, &key, [inner, pixels], 3), r));
        }
        let last = Conv::read(weights, "conv_last", [inner, 3], 3);
        Ok(Self::Shuffle { before, ups, last })
    }

    fn nearest(weights: &mut Weights<'_>, [width, inner]: [usize; 2]) -> Self {
        let count = (1..=3).take_while(|i| weights.shape(&format!("conv_up{i}.weight")).is_some());
        let count = count.count();
        let mut conv = |key: &str, channels| Conv::read(weights, key, channels, 3);
        let before = conv("conv_before_upsample.0", [width, inner]);
        let up = |i| conv(&format!("conv_up{i}"), [inner, inner]).doubled();
        let mut ups: Vec<_> = (1..=count).map(up).collect();
        ups.push(conv("conv_hr", [inner, inner]));
        let last = conv("conv_last", [inner, 3]);
        Self::Nearest { before, ups, last }
    }

    pub(super) fn scale(&self) -> usize {
        match self {
            Self::Shuffle { ups, .. } => ups.iter().map(|(_, r)| r).product(),
            Self::Direct { scale, .. } => *scale,
            Self::Nearest { ups, .. } => 1 << (ups.len() - 1),
            Self::Same { .. } => 1,
        }
    }

    /// How many pixels of the features to each side have a say, at most.
    pub(super) fn reach(&self) -> usize {
        match self {
            // At most 1 + 1 + 1/2 + 1/4, and 1 + 1/2 + 1/4 + 1/8 + 1/8 of those below.
            Self::Shuffle { .. } | Self::Nearest { .. } => 4,
            Self::Direct { .. } | Self::Same { .. } => 1,
        }
    }

    /// # Shapes
    /// - features: `[batch, width, height, width]`
    /// - rgb: `[batch, 3, height, width]`, what the network was given
    /// - result: `[batch, 3, scale · height, scale · width]`
    pub(super) fn forward(&self, features: Tensor<4>, rgb: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Shuffle { before, ups, last } => {
                let x = leaky_relu(before.forward(features), 0.01);
                let x = ups
                    .iter()
                    .fold(x, |x, (conv, r)| shuffle(conv.forward(x), *r));
                last.forward(x)
            }
            Self::Direct { last, scale } => shuffle(last.forward(features), *scale),
            Self::Nearest { before, ups, last } => {
                let x = leaky_relu(before.forward(features), 0.01);
                let up = |x, conv: &Conv| leaky_relu(conv.forward(x), 0.2);
                last.forward(ups.iter().fold(x, up))
            }
            Self::Same { last } => rgb + last.forward(features),
        }
    }
}
