//! What is added to the scores before the softmax.

use std::f32::consts::LOG2_E;
use std::ops::Range;

use super::Heads;
use super::heads::Rows;
use crate::ShapeError;

/// What is added to the scores; -∞ leaves a key out.
#[derive(Clone, Copy, Debug, Default)]
pub enum AttentionMask<'a> {
    /// Every query sees every key.
    #[default]
    None,
    /// Query `i` sees the keys up to the `i`th.
    Causal,
    /// `[batch, keys]`, the same for all queries and heads of an item.
    Keys(&'a [f32]),
    /// `[batch, heads, queries, keys]`, with strides; 0 repeats.
    Full(Heads<'a>),
}

impl<'a> AttentionMask<'a> {
    /// Asserts that it covers `[batch, heads, queries, keys]`.
    pub(super) fn check(
        &self,
        operation: &'static str,
        shape: [usize; 4],
    ) -> Result<(), ShapeError> {
        match self {
            Self::None | Self::Causal => Ok(()),
            Self::Keys(data) => {
                ShapeError::unless_fits(operation, "mask", data.len(), &[shape[0], shape[3]])
            }
            Self::Full(rows) => rows.check(operation, "mask", shape),
        }
    }

    /// That of one head.
    pub(super) fn of_head(self, batch: usize, head: usize, keys: usize) -> HeadMask<'a> {
        match self {
            Self::None => HeadMask::None,
            Self::Causal => HeadMask::Causal,
            Self::Keys(data) => HeadMask::Rows(Rows::repeated(&data[batch * keys..][..keys])),
            Self::Full(rows) => HeadMask::Rows(rows.rows(batch, head)),
        }
    }
}

/// The mask of one head.
#[derive(Clone, Copy)]
pub(super) enum HeadMask<'a> {
    None,
    Causal,
    /// `[queries, keys]`.
    Rows(Rows<'a>),
}

/// Which of queries and keys are beside each other in a tile.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Across {
    Queries,
    Keys,
}

impl HeadMask<'_> {
    /// Whether no key of the range is seen by a query of the other.
    pub(super) fn hides(self, queries: &Range<usize>, keys: &Range<usize>) -> bool {
        matches!(self, Self::Causal) && keys.start >= queries.end
    }

    /// Whether there is nothing to add there.
    pub(super) fn is_nothing(self, queries: &Range<usize>, keys: &Range<usize>) -> bool {
        match self {
            Self::None => true,
            Self::Causal => keys.end <= queries.start + 1,
            Self::Rows(_) => false,
        }
    }

    /// Writes what is added there, in powers of two, to a tile whose rows are so far apart.
    pub(super) fn fill(self, ranges: [Range<usize>; 2], across: Across, tile: (&mut [f32], usize)) {
        let [queries, keys] = ranges;
        let (tile, width) = tile;
        for (i, query) in queries.enumerate() {
            for (j, key) in keys.clone().enumerate() {
                let at = match across {
                    Across::Queries => j * width + i,
                    Across::Keys => i * width + j,
                };
                tile[at] = match self {
                    Self::Rows(rows) => rows.row(query, keys.end)[key] * LOG2_E,
                    Self::Causal if key > query => f32::NEG_INFINITY,
                    _ => 0.0,
                };
            }
        }
    }
}
