//! Normalisation: over groups of channels, with the activation that follows, and over rows.

mod group;
mod group_grad;
mod layer;
mod layer_grad;
#[cfg(test)]
mod tests;

use crate::error::ShapeError;
pub use group::{group_norm_silu, group_norm_silu_in_place};
pub use group_grad::group_norm_silu_grad;
pub use layer::layer_norm;
pub use layer_grad::layer_norm_grad;

/// What the normalised numbers are multiplied by and what is added, one for each channel (or column).
#[derive(Clone, Copy, Debug, Default)]
pub struct Affine<'a> {
    /// The factors; 1 without.
    pub gamma: Option<&'a [f32]>,
    /// The terms; 0 without.
    pub beta: Option<&'a [f32]>,
}

/// The shape of a group normalisation of maps `[batch, channels, pixels]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupNormShape {
    /// How many maps of all channels.
    pub batch: usize,
    /// Channels; a multiple of `groups`.
    pub channels: usize,
    /// Height times width.
    pub pixels: usize,
    /// How many groups the channels make.
    pub groups: usize,
    /// Added to the variance.
    pub epsilon: f32,
    /// Whether SiLU follows.
    pub silu: bool,
}

/// The shape of a normalisation of the rows of `[rows, columns]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerNormShape {
    /// How many rows.
    pub rows: usize,
    /// Numbers in a row.
    pub columns: usize,
    /// Added to the variance.
    pub epsilon: f32,
}

/// Where the statistics go that the backward pass needs: `[batch, groups]`, or `[rows]`.
#[derive(Debug)]
pub struct Stats<'a> {
    /// Means.
    pub mean: &'a mut [f32],
    /// 1 / √(variance + epsilon).
    pub rstd: &'a mut [f32],
}

/// What is kept for the backward pass: the input and the [`Stats`].
#[derive(Clone, Copy, Debug)]
pub struct Normed<'a> {
    /// The input of the forward pass.
    pub x: &'a [f32],
    /// Means.
    pub mean: &'a [f32],
    /// 1 / √(variance + epsilon).
    pub rstd: &'a [f32],
}

/// Where the gradients go. They overwrite what is there.
#[derive(Debug)]
pub struct NormGrads<'a> {
    /// For the input.
    pub dx: &'a mut [f32],
    /// For [`Affine::gamma`], where wanted.
    pub dgamma: Option<&'a mut [f32]>,
    /// For [`Affine::beta`], where wanted.
    pub dbeta: Option<&'a mut [f32]>,
}

impl Affine<'_> {
    fn check(&self, operation: &'static str, channels: usize) -> Result<(), ShapeError> {
        for (what, part) in [("gamma", self.gamma), ("beta", self.beta)] {
            if let Some(part) = part {
                ShapeError::unless_fits(operation, what, part.len(), &[channels])?;
            }
        }
        Ok(())
    }

    /// The factor and the term of a channel.
    #[inline(always)]
    fn at(&self, channel: usize) -> (f32, f32) {
        let gamma = self.gamma.map_or(1.0, |gamma| gamma[channel]);
        (gamma, self.beta.map_or(0.0, |beta| beta[channel]))
    }
}

impl GroupNormShape {
    /// Numbers in a group, after checking the whole.
    fn check(
        &self,
        operation: &'static str,
        what: &'static str,
        length: usize,
    ) -> Result<usize, ShapeError> {
        if self.groups == 0 || !self.channels.is_multiple_of(self.groups) {
            return Err(ShapeError {
                operation,
                what: "channels, which the groups divide,",
                wanted: vec![
                    self.channels.next_multiple_of(self.groups.max(1)),
                    self.groups.max(1),
                ],
                found: vec![self.channels, self.groups],
            });
        }
        let shape = [self.batch, self.channels, self.pixels];
        ShapeError::unless_fits(operation, what, length, &shape)?;
        Ok(self.channels / self.groups * self.pixels)
    }
}

/// Checks both statistics.
fn check_stats(
    operation: &'static str,
    mean: &[f32],
    rstd: &[f32],
    shape: &[usize],
) -> Result<(), ShapeError> {
    ShapeError::unless_fits(operation, "mean", mean.len(), shape)?;
    ShapeError::unless_fits(operation, "rstd", rstd.len(), shape)
}

/// Checks the gradients of the factors and terms.
fn check_grads(
    operation: &'static str,
    out: &NormGrads<'_>,
    channels: usize,
) -> Result<(), ShapeError> {
    for (what, part) in [("dgamma", &out.dgamma), ("dbeta", &out.dbeta)] {
        if let Some(part) = part {
            ShapeError::unless_fits(operation, what, part.len(), &[channels])?;
        }
    }
    Ok(())
}
