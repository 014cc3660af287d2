//! The network of a judge.

use burn::{module::Module, tensor::Tensor};
use weft_tensor::silu;

use super::{Config, Sizes};
use crate::{
    Maker, Network,
    layers::{Conv, GroupNorm, LayerNorm, Linear, Residual, UNSHUFFLED, unshuffle},
};

/// A residual network (He et al., 2015) with one body and a head each for style and concept.
#[derive(Module, Debug)]
pub struct Judge {
    first: Conv,
    levels: Vec<Level>,
    norm: GroupNorm,
    last: Conv,
    level: LayerNorm,
    style: Linear,
    concept: Linear,
    #[module(skip)]
    config: Config,
}

/// What a judge says of pictures.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// `[batch, styles]`, logits, in the order of [`Judge::styles`].
    pub styles: Tensor<2>,
    /// `[batch, concepts]`, logits, in the order of [`Judge::concepts`].
    pub concepts: Tensor<2>,
    /// `[batch, features]`: what both heads read; of each picture about mean 0 and deviation 1.
    pub features: Tensor<2>,
}

/// The way to one resolution, and its residual blocks.
#[derive(Module, Debug)]
struct Level {
    shrink: Option<Conv>,
    residuals: Vec<Residual>,
}

impl Level {
    fn new(maker: &mut Maker<'_>, sizes: &Sizes, level: usize) -> Self {
        let width = sizes.widths[level];
        let above = level.checked_sub(1).map(|above| sizes.widths[above]);
        let shrink = above.map(|above| Conv::shrink(maker, [above, width]));
        let residual = |_| Residual::new(maker, [width, width], sizes.groups, 0);
        Self {
            shrink,
            residuals: (0..sizes.blocks[level]).map(residual).collect(),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = match &self.shrink {
            Some(shrink) => shrink.forward(x),
            None => x,
        };
        let blocks = self.residuals.iter();
        blocks.fold(x, |x, residual| residual.forward(x, None))
    }
}

impl Judge {
    /// What it makes of pictures, each for itself.
    ///
    /// # Shapes
    /// pictures: `[batch, 3, side, side]`, sRGB-encoded, -1..=1; the side is a multiple of [`Sizes::side`], to which
    /// the pictures are brought by averaging
    ///
    /// # Panics
    /// The pictures have another shape.
    pub fn look(&self, pictures: Tensor<4>) -> Verdict {
        let (dims, side) = (pictures.dims(), self.config.sizes.side);
        let [_, channels, height, width] = dims;
        assert!(
            channels == 3 && height == width && height > 0 && height.is_multiple_of(side),
            "judge: pictures of {dims:?} are not [batch, 3, side, side] with a side that is a multiple of {side}",
        );
        self.look_closely(averaged(pictures, height / side))
    }

    /// The same, each pixel for itself: what learns begins with smaller pictures, which cost less.
    ///
    /// # Shapes
    /// pictures: `[batch, 3, side, side]`, sRGB-encoded, -1..=1; the side is a multiple of two for each level
    pub fn look_closely(&self, pictures: Tensor<4>) -> Verdict {
        let x = self.first.forward(unshuffle(pictures, 2));
        let x = self.levels.iter().fold(x, |x, level| level.forward(x));
        let maps = silu(self.last.forward(self.norm.silu(x)));
        let [batch, width, ..] = maps.dims();
        let means = maps.flatten::<3>(2, 3).mean_dim(2).reshape([batch, width]);
        let features = self.level.forward(means);
        Verdict {
            styles: self.style.forward(features.clone()),
            concepts: self.concept.forward(features.clone()),
            features,
        }
    }

    /// The ids of the styles that it tells apart.
    pub fn styles(&self) -> &[String] {
        &self.config.styles
    }

    /// The keys of the concepts that it tells apart.
    pub fn concepts(&self) -> &[String] {
        &self.config.concepts
    }
}

/// Each square of `factor` by `factor` pixels as its mean.
///
/// # Shapes
/// x: `[batch, channels, height, width]`, sides multiples of the factor
pub fn averaged(x: Tensor<4>, factor: usize) -> Tensor<4> {
    if factor == 1 {
        return x;
    }
    let [batch, channels, height, width] = x.dims();
    let (height, width) = (height / factor, width / factor);
    x.reshape([batch, channels, height, factor, width, factor])
        .mean_dims(&[3, 5])
        .reshape([batch, channels, height, width])
}

impl Network for Judge {
    type Config = Config;
    const NAME: &'static str = "the judge";

    fn config(&self) -> &Config {
        &self.config
    }

    fn build(config: &Config, maker: &mut Maker<'_>) -> Result<Self, String> {
        config.check()?;
        let sizes = &config.sizes;
        let deepest = sizes.widths[sizes.widths.len() - 1];
        let levels = 0..sizes.widths.len();
        Ok(Self {
            first: Conv::three(maker, [UNSHUFFLED, sizes.widths[0]]),
            levels: levels
                .map(|level| Level::new(maker, sizes, level))
                .collect(),
            norm: GroupNorm::new(maker, deepest, sizes.groups),
            last: Conv::one(maker, [deepest, sizes.features]),
            level: LayerNorm::new(maker, sizes.features, 1e-5),
            style: Linear::new(maker, sizes.features, config.styles.len()),
            concept: Linear::new(maker, sizes.features, config.concepts.len()),
            config: config.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};
    use weft_testing::numbers;

    use super::averaged;

    #[test]
    fn squares_become_their_means() {
        let x: Vec<f32> = (0..16).map(|i| i as f32).collect();
        let x = Tensor::<1>::from_data(x.as_slice(), &Device::flex()).reshape([1, 1, 4, 4]);
        assert_eq!(numbers(&averaged(x.clone(), 2)), [2.5, 4.5, 10.5, 12.5]);
        assert_eq!(numbers(&averaged(x.clone(), 4)), [7.5]);
        assert_eq!(numbers(&averaged(x.clone(), 1)), numbers(&x));
    }
}
