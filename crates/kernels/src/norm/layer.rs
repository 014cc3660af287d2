//! Layer normalisation (Ba, Kiros & Hinton, 2016): each row by itself.

use rayon::prelude::*;

use super::group::with_stats;
use super::{Affine, LayerNormShape, Stats, check_stats};
use crate::error::ShapeError;
use crate::threads::{CHUNK, rows_per_task};
use crate::vector::{Kernel, Vector, isa, moments, run, sweep};

/// Normalises each row; then [`Affine`], one pair for each column.
///
/// # Errors
/// When a slice does not fit the shape.
pub fn layer_norm(
    x: &[f32],
    affine: Affine<'_>,
    shape: &LayerNormShape,
    out: &mut [f32],
    stats: Option<Stats<'_>>,
) -> Result<(), ShapeError> {
    const NAME: &str = "layer_norm";
    ShapeError::unless_fits(NAME, "x", x.len(), &[shape.rows, shape.columns])?;
    ShapeError::unless_fits(NAME, "out", out.len(), &[shape.rows, shape.columns])?;
    affine.check(NAME, shape.columns)?;
    if let Some(stats) = &stats {
        check_stats(NAME, stats.mean, stats.rstd, &[shape.rows])?;
    }
    if x.is_empty() {
        return Ok(());
    }
    let isa = isa();
    with_stats(stats, shape.rows, |Stats { mean, rstd }| {
        let piece = |((x, out), (mean, rstd))| {
            run(
                isa,
                Rows {
                    x,
                    out,
                    mean,
                    rstd,
                    affine,
                    shape,
                },
            )
        };
        if x.len() <= CHUNK {
            return piece(((x, out), (mean, rstd)));
        }
        let rows = rows_per_task(shape.columns);
        let taken = rows * shape.columns;
        let stats = mean.par_chunks_mut(rows).zip(rstd.par_chunks_mut(rows));
        x.par_chunks(taken)
            .zip(out.par_chunks_mut(taken))
            .zip(stats)
            .for_each(piece);
    });
    Ok(())
}

struct Rows<'a> {
    x: &'a [f32],
    out: &'a mut [f32],
    mean: &'a mut [f32],
    rstd: &'a mut [f32],
    affine: Affine<'a>,
    shape: &'a LayerNormShape,
}

impl Kernel for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let columns = self.shape.columns;
        let rows = self
            .x
            .chunks_exact(columns)
            .zip(self.out.chunks_exact_mut(columns));
        for ((x, out), (mean, rstd)) in rows.zip(self.mean.iter_mut().zip(self.rstd)) {
            let (rounded, left_out, deviation) = moments::<V>(x).rounded(self.shape.epsilon);
            (*mean, *rstd) = (rounded, deviation as f32);
            let (mean, rstd) = (V::splat(rounded), V::splat(deviation as f32));
            let term = V::splat((-left_out * deviation) as f32);
            sweep!(V, columns, |at, lanes| {
                // SAFETY: a row, the factors and the terms are `columns` long.
                unsafe {
                    let normed = (V::load(x.as_ptr().add(at), lanes) - mean).mul_add(rstd, term);
                    let (gamma, beta) = self.affine.load::<V>(at, lanes);
                    normed
                        .mul_add(gamma, beta)
                        .store(out.as_mut_ptr().add(at), lanes);
                }
            });
        }
    }
}

impl Affine<'_> {
    /// The factors and terms of the columns from there.
    ///
    /// # Safety
    /// There are `lanes` columns from there.
    #[inline(always)]
    pub(super) unsafe fn load<V: Vector>(&self, at: usize, lanes: usize) -> (V, V) {
        // SAFETY: as promised.
        let part = |part: &[f32]| unsafe { V::load(part.as_ptr().add(at), lanes) };
        let gamma = self.gamma.map_or(V::splat(1.0), part);
        (gamma, self.beta.map_or(V::splat(0.0), part))
    }
}
