//! Products of matrices: one engine of packed panels and register tiles, and what the networks call on top of it.

mod drive;
mod kernel;
mod linear;
mod matrix;
mod packed;
mod packers;
mod portable;
mod scratch;
#[cfg(test)]
pub(crate) mod tests;
mod transposed;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use drive::{Output, Product};
#[cfg(target_arch = "x86_64")]
pub(crate) use kernel::Tile;
pub(crate) use kernel::{Depth, Kernel, Start, Words};
pub use linear::{column_sums, linear, linear_input_grad, linear_weight_grad};
pub use matrix::Matrix;
pub use packed::Packed;
pub(crate) use packed::{Left, PITCH, Right};
pub(crate) use packers::Strip;
pub(crate) use scratch::{Buffer, scratch};
pub(crate) use transposed::transpose;

use rayon::prelude::*;

use crate::{Precision, ShapeError};

/// The product of two matrices.
///
/// # Shapes
/// lhs: `[m, k]`, rhs: `[k, n]`, out: `[m, n]`, contiguous and overwritten.
///
/// # Errors
/// When the shapes do not fit.
pub fn matmul(
    lhs: Matrix<'_>,
    rhs: Matrix<'_>,
    precision: Precision,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    matmul_by(Kernel::chosen(precision), lhs, rhs, out)
}

/// [`matmul`] by a given kernel.
pub(crate) fn matmul_by(
    kernel: &'static Kernel,
    lhs: Matrix<'_>,
    rhs: Matrix<'_>,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    let (m, n) = (lhs.rows, rhs.columns);
    lhs.check("matmul", "lhs")?;
    rhs.check("matmul", "rhs")?;
    same("matmul", "rows of rhs", lhs.columns, rhs.rows)?;
    ShapeError::unless_fits("matmul", "out", out.len(), &[m, n])?;
    let depth = kernel.depth(lhs.columns);
    let (lhs, rhs) = (lhs.straightened(), rhs.straightened());
    Product {
        kernel,
        shape: [m, n],
        depth,
        left: &lhs.matrix().left(kernel, depth),
        right: &rhs.matrix().right(kernel, depth),
        start: Start::Zero,
    }
    .run(Output::rows_of(out, n));
    Ok(())
}

/// The sizes of the products of a batch and the order of their operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchShape {
    /// How many products.
    pub batch: usize,
    /// Rows of the result.
    pub m: usize,
    /// The summed axis.
    pub k: usize,
    /// Columns of the result.
    pub n: usize,
    /// Whether the left matrices lie as `[k, m]`.
    pub transpose_lhs: bool,
    /// Whether the right matrices lie as `[n, k]`.
    pub transpose_rhs: bool,
}

/// A product for each item of a batch.
///
/// # Shapes
/// lhs: `[batch, m, k]` (or `[batch, k, m]`), rhs: `[batch, k, n]` (or `[batch, n, k]`), out: `[batch, m, n]`.
///
/// # Errors
/// When the shapes do not fit.
pub fn matmul_batched(
    lhs: &[f32],
    rhs: &[f32],
    shape: BatchShape,
    precision: Precision,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    let BatchShape { batch, m, k, n, .. } = shape;
    ShapeError::unless_fits("matmul_batched", "lhs", lhs.len(), &[batch, m, k])?;
    ShapeError::unless_fits("matmul_batched", "rhs", rhs.len(), &[batch, k, n])?;
    ShapeError::unless_fits("matmul_batched", "out", out.len(), &[batch, m, n])?;
    if out.is_empty() {
        return Ok(());
    }
    out.par_chunks_mut(m * n)
        .enumerate()
        .try_for_each(|(item, out)| {
            let one = Matrix::either(&lhs[item * m * k..][..m * k], [m, k], shape.transpose_lhs);
            let other = Matrix::either(&rhs[item * k * n..][..k * n], [k, n], shape.transpose_rhs);
            matmul(one, other, precision, out)
        })
}

/// Asserts that two axes are as long.
pub(crate) fn same(
    operation: &'static str,
    what: &'static str,
    wanted: usize,
    found: usize,
) -> Result<(), ShapeError> {
    if wanted == found {
        return Ok(());
    }
    Err(ShapeError {
        operation,
        what,
        wanted: vec![wanted],
        found: vec![found],
    })
}
