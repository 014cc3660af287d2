//! The sizes of an instruct model.

use serde::{Deserialize, Serialize};

use crate::layers::{grouped, one_each};

/// The sizes of an instruct model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Channels of the latents.
    pub channels: usize,
    /// Channels of each level, from the finest; each further level has half the resolution.
    pub widths: Vec<usize>,
    /// Residual blocks of each level on the way down; one more on the way up.
    pub blocks: usize,
    /// Which levels attend: to themselves, to the text and to the context.
    pub attends: Vec<bool>,
    /// Channels of a head of attention.
    pub head: usize,
    /// Groups of each normalisation.
    pub groups: usize,
    /// Channels of the text's features.
    pub text: usize,
    /// Whether the features of a reference say which number its marker bears; in the paper they do not.
    pub index_embedding: bool,
    /// Whether the features of a reference are also added where they lie, by a gate that its text opens, so
    /// that edges and masks are followed by the pixel; in the paper they are not.
    pub spatial_features: bool,
}

impl Default for Config {
    /// For latents of 16×16×8: attention at 8×8 and 4×4.
    fn default() -> Self {
        Self {
            channels: 8,
            widths: vec![64, 160, 256],
            blocks: 1,
            attends: vec![false, true, true],
            head: 32,
            groups: 32,
            text: crate::text::WIDTH,
            index_embedding: true,
            spatial_features: true,
        }
    }
}

impl Config {
    /// The same without what the paper does not have.
    #[must_use]
    pub fn as_in_the_paper(self) -> Self {
        Self {
            index_embedding: false,
            spatial_features: false,
            ..self
        }
    }

    /// The sides of latents are multiples of this.
    pub fn factor(&self) -> usize {
        1 << (self.widths.len() - 1)
    }

    /// Width of the embedding of time and text.
    pub(super) fn embedding(&self) -> usize {
        4 * self.widths[0]
    }

    /// Whether the sizes go together; else why not.
    pub(super) fn check(&self) -> Result<(), String> {
        let levels = self.widths.len();
        if self.channels == 0 || self.blocks == 0 || self.text == 0 || !(1..=6).contains(&levels) {
            return Err(
                "an instruct model has 1 to 6 levels, and at least 1 block, 1 channel and 1 channel of text"
                    .to_owned(),
            );
        }
        one_each("attends is", self.attends.len(), levels)?;
        grouped(self.groups, &self.widths)?;
        for (&width, &attends) in self.widths.iter().zip(&self.attends) {
            if attends && (self.head == 0 || !width.is_multiple_of(self.head)) {
                return Err(format!(
                    "heads of {} do not divide {width} channels",
                    self.head
                ));
            }
        }
        if !self.widths[0].is_multiple_of(2) {
            return Err(format!("{} channels have no even half", self.widths[0]));
        }
        match self.attends.last() {
            Some(true) => Ok(()),
            _ => Err(
                "the deepest level has to attend, since the paper's context enters there"
                    .to_owned(),
            ),
        }
    }
}
