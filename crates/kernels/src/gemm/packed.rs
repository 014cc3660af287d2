//! Operands in the order in which the register tiles read them.
//!
//! Left: rows of words at a pitch of [`PITCH`], one block of the depth after the other.
//! Right: panels of as many columns as a tile has, `[panel][word of the depth][column]`.
//! A word is an f32 or two neighbours of the depth as bf16.

use std::ops::Range;

use rayon::prelude::*;

use super::kernel::{DEPTH, Depth, Kernel};
use super::matrix::Matrix;
use super::packers::Strip;
use super::scratch::Buffer;
use crate::{Precision, ShapeError};

/// Words from one row of a left operand to the next: a cache line more than a block of the depth, so
/// that the rows of a tile fall into different sets of the cache.
pub(crate) const PITCH: usize = DEPTH + 16;

/// What gives the left operand, `[rows, depth]`.
pub(crate) trait Left: Sync {
    /// Whether it is packed already, so that asking again costs nothing.
    fn is_packed(&self) -> bool {
        false
    }

    /// The rows of a block of the depth, in order, packed into the buffer or kept.
    fn block<'b>(&'b self, block: usize, rows: Range<usize>, buffer: &'b mut [u32]) -> &'b [u32];
}

/// What gives the right operand, `[depth, columns]`.
pub(crate) trait Right: Sync {
    /// Whether it is packed already, so that asking again costs nothing.
    fn is_packed(&self) -> bool {
        false
    }

    /// Those panels of a block of the depth, packed into the buffer or kept.
    fn panels<'b>(&'b self, block: usize, panels: Range<usize>, buffer: &'b mut [u32])
    -> &'b [u32];
}

/// A strided matrix as a left operand.
pub(crate) struct Along<'a> {
    pub(super) matrix: Matrix<'a>,
    pub(super) kernel: &'static Kernel,
    pub(super) depth: Depth,
}

impl Left for Along<'_> {
    fn block<'b>(&'b self, block: usize, rows: Range<usize>, buffer: &'b mut [u32]) -> &'b [u32] {
        let (m, words) = (&self.matrix, self.depth.block(block));
        let first = words.start * self.kernel.elements();
        let count = (words.end * self.kernel.elements()).min(m.columns) - first;
        let begin = rows.start * m.row_stride + first * m.column_stride;
        let mut strip = Strip {
            src: &m.data[begin..],
            stride: m.row_stride,
            lines: rows.len(),
            length: count,
            depth: words.len(),
            dst: &mut *buffer,
            pitch: PITCH,
        };
        if m.column_stride == 1 {
            strip.check(rows.len(), words.len());
            // SAFETY: checked above; the kernel of this process runs on this processor.
            unsafe { (self.kernel.packers.rows_along)(&mut strip) };
        } else {
            (strip.stride, strip.lines, strip.length) = (m.column_stride, count, rows.len());
            strip.check(rows.len(), words.len());
            // SAFETY: checked above; the kernel of this process runs on this processor.
            unsafe { (self.kernel.packers.rows_across)(&mut strip) };
        }
        buffer
    }
}

/// A strided matrix as a right operand.
pub(crate) struct Across<'a> {
    pub(super) matrix: Matrix<'a>,
    pub(super) kernel: &'static Kernel,
    pub(super) depth: Depth,
}

impl Right for Across<'_> {
    fn panels<'b>(
        &'b self,
        block: usize,
        panels: Range<usize>,
        buffer: &'b mut [u32],
    ) -> &'b [u32] {
        let (m, words, width) = (&self.matrix, self.depth.block(block), self.kernel.columns);
        let first = words.start * self.kernel.elements();
        let count = (words.end * self.kernel.elements()).min(m.rows) - first;
        let size = words.len() * width;
        for (panel, dst) in panels.zip(buffer.chunks_exact_mut(size)) {
            let column = panel * width;
            let mut strip = Strip {
                src: &m.data[first * m.row_stride + column * m.column_stride..],
                stride: m.row_stride,
                lines: count,
                length: width.min(m.columns - column),
                depth: words.len(),
                dst,
                pitch: width,
            };
            if m.column_stride == 1 {
                strip.check(words.len(), width);
                // SAFETY: checked above; the kernel of this process runs on this processor.
                unsafe { (self.kernel.packers.columns_across)(&mut strip) };
            } else {
                (strip.stride, strip.lines, strip.length) = (m.column_stride, strip.length, count);
                strip.check(words.len(), width);
                // SAFETY: checked above; the kernel of this process runs on this processor.
                unsafe { (self.kernel.packers.columns_along)(&mut strip) };
            }
        }
        buffer
    }
}

/// A right-hand matrix `[k, n]`, packed once for one precision on this processor.
pub struct Packed {
    kernel: &'static Kernel,
    words: Buffer,
    shape: [usize; 2],
}

impl Packed {
    /// Packs a matrix.
    ///
    /// # Errors
    /// When elements of the view lie outside its slice.
    pub fn new(rhs: Matrix<'_>, precision: Precision) -> Result<Self, ShapeError> {
        Self::by(Kernel::chosen(precision), rhs)
    }

    /// Packs a matrix for a given kernel.
    pub(crate) fn by(kernel: &'static Kernel, rhs: Matrix<'_>) -> Result<Self, ShapeError> {
        rhs.check("Packed::new", "rhs")?;
        let shape = [rhs.rows, rhs.columns];
        let depth = kernel.depth(rhs.rows);
        let panels = rhs.columns.div_ceil(kernel.columns);
        let rhs = rhs.straightened();
        let source = rhs.matrix().right(kernel, depth);
        let mut words = Buffer::kept(depth.words * panels * kernel.columns);
        let blocks = words
            .as_mut_slice()
            .chunks_mut((depth.each * panels * kernel.columns).max(1));
        blocks.enumerate().for_each(|(block, out)| {
            let size = depth.block(block).len() * kernel.columns;
            let each = out.par_chunks_exact_mut(size.max(1)).enumerate();
            each.for_each(|(panel, out)| {
                source.panels(block, panel..panel + 1, out);
            });
        });
        Ok(Self {
            kernel,
            words,
            shape,
        })
    }

    /// The memory it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(self.words.as_slice())
    }

    /// `[k, n]`.
    pub fn shape(&self) -> [usize; 2] {
        self.shape
    }

    /// The kernel it was packed for.
    pub(crate) fn kernel(&self) -> &'static Kernel {
        self.kernel
    }
}

impl Right for Packed {
    fn is_packed(&self) -> bool {
        true
    }

    fn panels<'b>(&'b self, block: usize, panels: Range<usize>, _: &'b mut [u32]) -> &'b [u32] {
        let (depth, width) = (self.kernel.depth(self.shape[0]), self.kernel.columns);
        let words = depth.block(block);
        let whole = words.start * self.shape[1].div_ceil(width) * width;
        let size = words.len() * width;
        &self.words.as_slice()[whole + panels.start * size..whole + panels.end * size]
    }
}
