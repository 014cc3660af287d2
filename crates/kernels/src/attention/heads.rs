//! Rows of heads in memory, at any strides.

use std::marker::PhantomData;

use crate::ShapeError;

/// `[batch, heads, rows, size]` somewhere in a slice; the numbers of a row are neighbours.
#[derive(Clone, Copy, Debug)]
pub struct Heads<'a> {
    /// The numbers.
    pub data: &'a [f32],
    /// From one item to the next; 0 repeats the item.
    pub batch_stride: usize,
    /// From one head to the next; 0 repeats the head.
    pub head_stride: usize,
    /// From one row to the next; 0 repeats the row.
    pub row_stride: usize,
}

/// [`Heads`] that are written; no two rows may overlap.
#[derive(Debug)]
pub struct HeadsMut<'a> {
    /// The numbers.
    pub data: &'a mut [f32],
    /// From one item to the next.
    pub batch_stride: usize,
    /// From one head to the next.
    pub head_stride: usize,
    /// From one row to the next.
    pub row_stride: usize,
}

impl<'a> Heads<'a> {
    /// Contiguous `[batch, heads, rows, size]`.
    pub fn apart(data: &'a [f32], heads: usize, rows: usize, size: usize) -> Self {
        let [batch_stride, head_stride, row_stride] = apart(heads, rows, size);
        Self {
            data,
            batch_stride,
            head_stride,
            row_stride,
        }
    }

    /// Contiguous `[batch, rows, heads, size]`, as a projection leaves it.
    pub fn joined(data: &'a [f32], heads: usize, rows: usize, size: usize) -> Self {
        let [batch_stride, head_stride, row_stride] = joined(heads, rows, size);
        Self {
            data,
            batch_stride,
            head_stride,
            row_stride,
        }
    }

    /// Asserts that `[batch, heads, rows, size]` is inside.
    pub(super) fn check(
        &self,
        operation: &'static str,
        what: &'static str,
        shape: [usize; 4],
    ) -> Result<(), ShapeError> {
        let strides = [self.batch_stride, self.head_stride, self.row_stride];
        let inside = end(shape, strides).is_some_and(|end| end <= self.data.len());
        let inside = inside && volume(shape).is_some();
        fits(inside, operation, what, (&shape, &strides), self.data.len())
    }

    /// The rows of a head; [`Heads::check`] has passed.
    pub(super) fn rows(&self, batch: usize, head: usize) -> Rows<'a> {
        let start = batch * self.batch_stride + head * self.head_stride;
        Rows {
            data: self.data.get(start..).unwrap_or_default(),
            stride: self.row_stride,
        }
    }
}

/// The rows of a head.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    /// From the first row on.
    data: &'a [f32],
    /// From one row to the next.
    stride: usize,
}

impl<'a> Rows<'a> {
    /// The same row again and again.
    pub(super) fn repeated(row: &'a [f32]) -> Self {
        Self {
            data: row,
            stride: 0,
        }
    }

    /// From one row to the next.
    pub(super) fn stride(self) -> usize {
        self.stride
    }

    /// From that row on.
    pub(super) fn from(self, row: usize) -> &'a [f32] {
        self.data.get(row * self.stride..).unwrap_or_default()
    }

    /// The first `size` numbers of a row.
    #[inline(always)]
    pub(super) fn row(self, row: usize, size: usize) -> &'a [f32] {
        &self.data[row * self.stride..][..size]
    }
}

impl<'a> HeadsMut<'a> {
    /// Contiguous `[batch, heads, rows, size]`.
    pub fn apart(data: &'a mut [f32], heads: usize, rows: usize, size: usize) -> Self {
        let [batch_stride, head_stride, row_stride] = apart(heads, rows, size);
        Self {
            data,
            batch_stride,
            head_stride,
            row_stride,
        }
    }

    /// Contiguous `[batch, rows, heads, size]`, as a projection wants it.
    pub fn joined(data: &'a mut [f32], heads: usize, rows: usize, size: usize) -> Self {
        let [batch_stride, head_stride, row_stride] = joined(heads, rows, size);
        Self {
            data,
            batch_stride,
            head_stride,
            row_stride,
        }
    }

    /// Asserts that `[batch, heads, rows, size]` is inside and that no two rows overlap.
    pub(super) fn checked(
        self,
        operation: &'static str,
        what: &'static str,
        shape: [usize; 4],
    ) -> Result<Target<'a>, ShapeError> {
        let strides = [self.batch_stride, self.head_stride, self.row_stride];
        let length = self.data.len();
        let inside = end(shape, strides).is_some_and(|end| end <= length);
        let right = inside && volume(shape).is_some() && apart_in_memory(shape, strides);
        fits(right, operation, what, (&shape, &strides), length)?;
        Ok(Target {
            data: self.data.as_mut_ptr(),
            strides,
            shape,
            borrowed: PhantomData,
        })
    }
}

/// Rows that several threads write.
pub(super) struct Target<'a> {
    data: *mut f32,
    strides: [usize; 3],
    shape: [usize; 4],
    borrowed: PhantomData<&'a mut [f32]>,
}

// SAFETY: `row` is the only access, and its callers promise that no row is lent twice at once.
unsafe impl Sync for Target<'_> {}

impl Target<'_> {
    /// A row of a head.
    ///
    /// # Panics
    /// There is no such row.
    ///
    /// # Safety
    /// The same row must not be lent to anybody else meanwhile.
    #[inline(always)]
    #[allow(clippy::mut_from_ref, reason = "different rows do not overlap")]
    pub(super) unsafe fn row(&self, [batch, head, row]: [usize; 3]) -> &mut [f32] {
        let [batches, heads, rows, size] = self.shape;
        assert!(batch < batches && head < heads && row < rows);
        let start = batch * self.strides[0] + head * self.strides[1] + row * self.strides[2];
        // SAFETY: `checked` has seen that each row of the shape is inside the slice and overlaps no other,
        // and the caller lends none twice.
        unsafe { std::slice::from_raw_parts_mut(self.data.add(start), size) }
    }
}

fn apart(heads: usize, rows: usize, size: usize) -> [usize; 3] {
    let head = rows.saturating_mul(size);
    [heads.saturating_mul(head), head, size]
}

fn joined(heads: usize, rows: usize, size: usize) -> [usize; 3] {
    let row = heads.saturating_mul(size);
    [rows.saturating_mul(row), size, row]
}

/// One past the last number that is reached, if that can be counted; 0 where there is none.
fn end(shape: [usize; 4], strides: [usize; 3]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    let last = |sum: usize, (&axis, stride): (&usize, usize)| {
        sum.checked_add(stride.checked_mul(axis - 1)?)
    };
    shape[..3].iter().zip(strides).try_fold(shape[3], last)
}

/// How many numbers there are, if that can be counted.
fn volume(shape: [usize; 4]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1usize, |product, &axis| product.checked_mul(axis))
}

/// Whether no two rows share a number: each axis, the smallest stride first, steps over all within it.
fn apart_in_memory(shape: [usize; 4], strides: [usize; 3]) -> bool {
    if shape.contains(&0) {
        return true;
    }
    let mut axes = [0, 1, 2].map(|axis| (strides[axis], shape[axis]));
    axes.sort_unstable();
    let mut extent = shape[3];
    axes.iter()
        .filter(|&&(_, count)| count > 1)
        .all(|&(stride, count)| {
            let steps_over = stride >= extent;
            extent = stride.saturating_mul(count - 1).saturating_add(extent);
            steps_over
        })
}

/// An error that names the shape, the strides and the length, unless it fits.
fn fits(
    right: bool,
    operation: &'static str,
    what: &'static str,
    (shape, strides): (&[usize; 4], &[usize; 3]),
    length: usize,
) -> Result<(), ShapeError> {
    if right {
        return Ok(());
    }
    Err(ShapeError {
        operation,
        what,
        wanted: shape.to_vec(),
        found: [&[length], strides.as_slice()].concat(),
    })
}
