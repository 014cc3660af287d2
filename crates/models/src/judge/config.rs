//! The sizes of a judge, and what it can name.

use serde::{Deserialize, Serialize};

use crate::layers::{grouped, one_each};

/// What a judge is made of and what it tells apart; its file needs nothing beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The sizes of the network.
    pub sizes: Sizes,
    /// Ids of styles, in the order of their logits.
    pub styles: Vec<String>,
    /// Keys of concepts, in the order of their logits.
    pub concepts: Vec<String>,
}

/// The sizes of a judge that do not hang on what it tells apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sizes {
    /// Pixels along a side that the network sees; larger pictures are averaged down to it.
    pub side: usize,
    /// Channels of each level, from the finest, which has half of `side`; each further one halves it again.
    pub widths: Vec<usize>,
    /// Residual blocks of each level.
    pub blocks: Vec<usize>,
    /// Groups of each normalisation.
    pub groups: usize,
    /// Numbers by which pictures are compared.
    pub features: usize,
}

impl Default for Sizes {
    /// 0.9 million parameters before the heads, 0.23 GFLOP a picture.
    fn default() -> Self {
        Self {
            side: 64,
            widths: vec![40, 80, 128],
            blocks: vec![1, 1, 2],
            groups: 8,
            features: 192,
        }
    }
}

impl Config {
    /// Whether all goes together; else why not.
    pub(super) fn check(&self) -> Result<(), String> {
        self.sizes.check()?;
        if self.styles.is_empty() || self.concepts.is_empty() {
            return Err("a judge knows at least 1 style and 1 concept".to_owned());
        }
        Ok(())
    }
}

impl Sizes {
    fn check(&self) -> Result<(), String> {
        let levels = self.widths.len();
        if !(1..=6).contains(&levels) || self.features == 0 {
            return Err("a judge has 1 to 6 levels and at least 1 feature".to_owned());
        }
        one_each("blocks are", self.blocks.len(), levels)?;
        let halved = 1 << levels;
        if self.side == 0 || !self.side.is_multiple_of(halved) {
            let side = self.side;
            return Err(format!("a side of {side} is no multiple of {halved}"));
        }
        grouped(self.groups, &self.widths)
    }
}
