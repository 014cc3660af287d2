//! The sizes of an autoencoder.

use serde::{Deserialize, Serialize};

use crate::layers::{grouped, one_each};

/// The sizes of an autoencoder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Channels of the latents.
    pub channels: usize,
    /// Channels of each level, from the finest, which has half the picture's resolution; each further one
    /// halves it again.
    pub widths: Vec<usize>,
    /// Residual blocks of each level.
    pub blocks: Vec<usize>,
    /// Groups of each normalisation.
    pub groups: usize,
}

impl Default for Config {
    /// 128 pixels to 16×16×8.
    fn default() -> Self {
        Self {
            channels: 8,
            widths: vec![48, 96, 128],
            blocks: vec![1, 1, 2],
            groups: 16,
        }
    }
}

impl Config {
    /// Pixels of a picture, along a side, that become one of the latents.
    pub fn factor(&self) -> usize {
        1 << self.widths.len()
    }

    /// Whether the sizes go together; else why not.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.channels == 0 || self.widths.is_empty() || self.widths.len() > 6 {
            return Err("an autoencoder has 1 to 6 levels and at least 1 channel".to_owned());
        }
        one_each("blocks are", self.blocks.len(), self.widths.len())?;
        grouped(self.groups, &self.widths)
    }
}
