//! A view of a matrix whose rows or columns lie at any distance.

use std::borrow::Cow;

use super::kernel::{Depth, Kernel};
use super::packed::{Across, Along};
use crate::ShapeError;

/// A matrix in a slice: element `(r, c)` is at `r * row_stride + c * column_stride`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    /// The numbers.
    pub data: &'a [f32],
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
    /// From one row to the next, in numbers.
    pub row_stride: usize,
    /// From one column to the next, in numbers.
    pub column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// A matrix that lies row after row.
    pub fn new(data: &'a [f32], rows: usize, columns: usize) -> Self {
        Self {
            data,
            rows,
            columns,
            row_stride: columns,
            column_stride: 1,
        }
    }

    /// The same numbers with rows and columns exchanged.
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    /// A contiguous matrix of that shape, or the transposed view of one of the exchanged shape.
    pub(crate) fn either(data: &'a [f32], [rows, columns]: [usize; 2], transpose: bool) -> Self {
        if transpose {
            Self::new(data, columns, rows).transposed()
        } else {
            Self::new(data, rows, columns)
        }
    }

    /// Asserts that every element lies in the slice.
    pub(crate) fn check(
        &self,
        operation: &'static str,
        what: &'static str,
    ) -> Result<(), ShapeError> {
        if self.rows == 0 || self.columns == 0 {
            return Ok(());
        }
        let last = (self.rows - 1)
            .checked_mul(self.row_stride)
            .zip((self.columns - 1).checked_mul(self.column_stride))
            .and_then(|(row, column)| row.checked_add(column));
        if last.is_some_and(|last| last < self.data.len()) {
            return Ok(());
        }
        Err(ShapeError {
            operation,
            what,
            wanted: vec![self.rows, self.columns],
            found: vec![self.data.len()],
        })
    }

    /// The same matrix with one of its axes contiguous: itself, or a copy where neither is.
    pub(crate) fn straightened(self) -> Straight<'a> {
        let mut view = self;
        if view.columns <= 1 {
            view.column_stride = 1;
        }
        if view.rows <= 1 && view.column_stride != 1 {
            view.row_stride = 1;
        }
        if view.column_stride == 1 || view.row_stride == 1 {
            return Straight {
                data: Cow::Borrowed(view.data),
                view,
            };
        }
        let at = |i: usize| {
            let (row, column) = (i / view.columns, i % view.columns);
            view.data[row * view.row_stride + column * view.column_stride]
        };
        let data: Vec<f32> = (0..view.rows * view.columns).map(at).collect();
        let view = Matrix::new(&[], view.rows, view.columns);
        Straight {
            data: Cow::Owned(data),
            view,
        }
    }

    /// This matrix as a left operand. One axis must be contiguous and all elements in the slice.
    pub(crate) fn left(self, kernel: &'static Kernel, depth: Depth) -> Along<'a> {
        Along {
            matrix: self,
            kernel,
            depth,
        }
    }

    /// This matrix as a right operand. One axis must be contiguous and all elements in the slice.
    pub(crate) fn right(self, kernel: &'static Kernel, depth: Depth) -> Across<'a> {
        Across {
            matrix: self,
            kernel,
            depth,
        }
    }
}

/// A matrix with a contiguous axis.
pub(crate) struct Straight<'a> {
    data: Cow<'a, [f32]>,
    view: Matrix<'a>,
}

impl Straight<'_> {
    /// The view of it.
    pub(crate) fn matrix(&self) -> Matrix<'_> {
        Matrix {
            data: &self.data,
            ..self.view
        }
    }
}
