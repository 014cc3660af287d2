//! Dense layers: a matrix of rows times a packed weight, and the gradients.

use rayon::prelude::*;

use super::{Kernel, Matrix, Output, Packed, Product, Start, matmul, same};
use crate::{Precision, ShapeError};

/// A dense layer: `x · weight + bias`.
///
/// # Shapes
/// x: `[rows, in]`, weight: `[in, out]`, bias: `[out]`, out: `[rows, out]`, overwritten.
///
/// # Errors
/// When the shapes do not fit.
pub fn linear(
    x: Matrix<'_>,
    weight: &Packed,
    bias: Option<&[f32]>,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    let [k, n] = weight.shape();
    x.check("linear", "x")?;
    same("linear", "columns of x", k, x.columns)?;
    ShapeError::unless_fits("linear", "out", out.len(), &[x.rows, n])?;
    if let Some(bias) = bias {
        ShapeError::unless_fits("linear", "bias", bias.len(), &[n])?;
    }
    let kernel: &'static Kernel = weight.kernel();
    let depth = kernel.depth(k);
    let x = x.straightened();
    Product {
        kernel,
        shape: [x.matrix().rows, n],
        depth,
        left: &x.matrix().left(kernel, depth),
        right: weight,
        start: bias.map_or(Start::Zero, Start::ColumnBias),
    }
    .run(Output::rows_of(out, n));
    Ok(())
}

/// The gradient of [`linear`] for its input: `grad · weightᵀ`.
///
/// # Shapes
/// grad: `[rows, out]`, weight: `[in, out]`, out: `[rows, in]`, overwritten.
///
/// # Errors
/// When the shapes do not fit.
pub fn linear_input_grad(
    grad: Matrix<'_>,
    weight: Matrix<'_>,
    precision: Precision,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    matmul(grad, weight.transposed(), precision, out)
}

/// The gradient of [`linear`] for its weight: `xᵀ · grad`.
///
/// # Shapes
/// x: `[rows, in]`, grad: `[rows, out]`, out: `[in, out]`, overwritten.
///
/// # Errors
/// When the shapes do not fit.
pub fn linear_weight_grad(
    x: Matrix<'_>,
    grad: Matrix<'_>,
    precision: Precision,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    matmul(x.transposed(), grad, precision, out)
}

/// The sum of each column, which is the gradient of the bias of [`linear`].
///
/// # Shapes
/// x: `[rows, columns]`, contiguous; out: `[columns]`, overwritten.
///
/// # Errors
/// When the shapes do not fit.
pub fn column_sums(x: &[f32], columns: usize, out: &mut [f32]) -> Result<(), ShapeError> {
    ShapeError::unless_fits("column_sums", "out", out.len(), &[columns])?;
    let rows = x.len().checked_div(columns).unwrap_or(0);
    ShapeError::unless_fits("column_sums", "x", x.len(), &[rows, columns])?;
    out.par_chunks_mut(64).enumerate().for_each(|(block, out)| {
        let mut sums = [0f64; 64];
        for row in x.chunks_exact(columns) {
            for (sum, &value) in sums.iter_mut().zip(&row[block * 64..][..out.len()]) {
                *sum += f64::from(value);
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = sum as f32;
        }
    });
    Ok(())
}
