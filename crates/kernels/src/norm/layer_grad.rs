//! The backward pass of layer normalisation.

use rayon::prelude::*;

use super::{Affine, LayerNormShape, NormGrads, Normed, check_grads, check_stats};
use crate::error::ShapeError;
use crate::threads::with_zeros;
use crate::vector::{Kernel, Vector, isa, run, sweep};

/// The gradients of [`layer_norm`](super::layer_norm), from the gradient of its output.
///
/// # Errors
/// When a slice does not fit the shape.
pub fn layer_norm_grad(
    grad: &[f32],
    kept: Normed<'_>,
    affine: Affine<'_>,
    shape: &LayerNormShape,
    mut out: NormGrads<'_>,
) -> Result<(), ShapeError> {
    const NAME: &str = "layer_norm_grad";
    let &LayerNormShape { rows, columns, .. } = shape;
    for (what, length) in [
        ("grad", grad.len()),
        ("x", kept.x.len()),
        ("dx", out.dx.len()),
    ] {
        ShapeError::unless_fits(NAME, what, length, &[rows, columns])?;
    }
    affine.check(NAME, columns)?;
    check_stats(NAME, kept.mean, kept.rstd, &[rows])?;
    check_grads(NAME, &out, columns)?;
    if grad.is_empty() {
        out.clear();
        return Ok(());
    }
    let isa = isa();
    // Each task has sums of its own over the columns; at most 64 of them are added in the end.
    let each = rows.div_ceil(64).max(16);
    with_zeros(rows.div_ceil(each) * 2 * columns, |sums| {
        let stats = kept.mean.par_chunks(each).zip(kept.rstd.par_chunks(each));
        let inputs = grad
            .par_chunks(each * columns)
            .zip(kept.x.par_chunks(each * columns));
        let results = out
            .dx
            .par_chunks_mut(each * columns)
            .zip(sums.par_chunks_mut(2 * columns));
        inputs
            .zip(stats)
            .zip(results)
            .for_each(|(((grad, x), (mean, rstd)), (dx, sums))| {
                run(
                    isa,
                    RowsGrad {
                        grad,
                        x,
                        mean,
                        rstd,
                        dx,
                        sums,
                        affine,
                    },
                );
            });
        for (half, total) in [&mut out.dgamma, &mut out.dbeta].into_iter().enumerate() {
            let Some(total) = total else { continue };
            total.fill(0.0);
            for task in sums.chunks_exact(2 * columns) {
                add_row(&task[half * columns..], total);
            }
        }
    });
    Ok(())
}

fn add_row(row: &[f32], total: &mut [f32]) {
    total
        .iter_mut()
        .zip(row)
        .for_each(|(total, &term)| *total += term);
}

struct RowsGrad<'a> {
    grad: &'a [f32],
    x: &'a [f32],
    mean: &'a [f32],
    rstd: &'a [f32],
    dx: &'a mut [f32],
    /// Sums over the rows: for the factors, then for the terms.
    sums: &'a mut [f32],
    affine: Affine<'a>,
}

impl Kernel for RowsGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let columns = self.sums.len() / 2;
        let (dgamma, dbeta) = self.sums.split_at_mut(columns);
        let (dgamma, dbeta) = (dgamma.as_mut_ptr(), dbeta.as_mut_ptr());
        let inputs = self
            .grad
            .chunks_exact(columns)
            .zip(self.x.chunks_exact(columns));
        let rows = inputs.zip(self.dx.chunks_exact_mut(columns));
        for (((grad, x), dx), (&mean, &rstd)) in rows.zip(self.mean.iter().zip(self.rstd)) {
            let (mean, scale) = (V::splat(mean), V::splat(rstd));
            let (mut along, mut across) = (V::splat(0.0), V::splat(0.0));
            sweep!(V, columns, |at, lanes| {
                // SAFETY: all are `columns` long. Beyond the end `dy` is zero, and so are its products.
                unsafe {
                    let normed = (V::load(x.as_ptr().add(at), lanes) - mean) * scale;
                    let dy = V::load(grad.as_ptr().add(at), lanes);
                    let sum = dy.mul_add(normed, V::load(dgamma.add(at), lanes));
                    sum.store(dgamma.add(at), lanes);
                    (V::load(dbeta.add(at), lanes) + dy).store(dbeta.add(at), lanes);
                    let dy = dy * self.affine.load::<V>(at, lanes).0;
                    along = dy.mul_add(normed, along);
                    across = across + dy;
                }
            });
            let share = -rstd / columns as f32;
            let (slope, level) = (
                V::splat(along.sum() * share),
                V::splat(across.sum() * share),
            );
            sweep!(V, columns, |at, lanes| {
                // SAFETY: all are `columns` long.
                unsafe {
                    let normed = (V::load(x.as_ptr().add(at), lanes) - mean) * scale;
                    let dy = V::load(grad.as_ptr().add(at), lanes);
                    let dy = dy * self.affine.load::<V>(at, lanes).0;
                    let back = normed.mul_add(slope, level);
                    dy.mul_add(scale, back)
                        .store(dx.as_mut_ptr().add(at), lanes);
                }
            });
        }
    }
}
