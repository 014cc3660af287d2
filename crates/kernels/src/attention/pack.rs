//! The operands of a head in words, block by block.

use super::arithmetic::{BLOCK, WIDEST, Way};
use super::heads::Rows;
use crate::gemm::Strip;

/// Rows of a head that become words.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// Where they lie.
    pub(super) rows: Rows<'a>,
    /// How many there are.
    pub(super) count: usize,
    /// Numbers in each.
    pub(super) size: usize,
}

impl Source<'_> {
    /// Words of a block with the rows beside each other.
    pub(super) fn turned(&self, way: Way) -> usize {
        way.words(self.size) * self.beside()
    }

    /// Words of a block with the rows below each other.
    pub(super) fn straight(&self, way: Way) -> usize {
        way.words(BLOCK) * pitch(self.size)
    }

    /// Rows beside each other in a turned block: whole tiles, no more than there are rows for.
    pub(super) fn beside(&self) -> usize {
        self.count.next_multiple_of(WIDEST).min(BLOCK)
    }

    /// How many blocks there are.
    pub(super) fn blocks(&self) -> usize {
        self.count.div_ceil(BLOCK)
    }

    /// Packs a block as `[size in words, beside]`; rows that are not there become zero.
    pub(super) fn turn(&self, way: Way, block: usize, dst: &mut [u32]) {
        let depth = way.words(self.size);
        let mut strip = self.strip(block, depth, dst);
        strip.pitch = self.beside();
        strip.check(depth, strip.pitch);
        // SAFETY: checked just now; the kernel is one of this processor.
        unsafe { (way.kernel().packers.columns_along)(&mut strip) }
    }

    /// Packs a block as `[rows in words, size]`, rows at [`pitch`].
    pub(super) fn lay(&self, way: Way, block: usize, dst: &mut [u32]) {
        let depth = way.words(self.in_block(block));
        let mut strip = self.strip(block, depth, dst);
        strip.pitch = pitch(self.size);
        strip.check(depth, strip.pitch);
        // SAFETY: checked just now; the kernel is one of this processor.
        unsafe { (way.kernel().packers.columns_across)(&mut strip) }
    }

    /// Rows of a block.
    pub(super) fn in_block(&self, block: usize) -> usize {
        (self.count - block * BLOCK).min(BLOCK)
    }

    fn strip<'b>(&'b self, block: usize, depth: usize, dst: &'b mut [u32]) -> Strip<'b> {
        Strip {
            src: self.rows.from(block * BLOCK),
            stride: self.rows.stride(),
            lines: self.in_block(block),
            length: self.size,
            depth,
            dst,
            pitch: 0,
        }
    }
}

/// From one row to the next where rows lie below each other.
pub(super) fn pitch(size: usize) -> usize {
    size.next_multiple_of(16)
}
