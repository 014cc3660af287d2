//! The backward pass of group normalisation and SiLU.

use rayon::prelude::*;

use super::group::with_stats;
use super::{Affine, GroupNormShape, NormGrads, Normed, Stats, check_grads, check_stats};
use crate::activation::{Curve, Silu};
use crate::error::ShapeError;
use crate::threads::CHUNK;
use crate::vector::{Kernel, Vector, isa, run, sweep};

/// The gradients of [`group_norm_silu`](super::group_norm_silu), from the gradient of its output.
///
/// The activation is recomputed from `kept.x`; nothing else was stored.
///
/// # Errors
/// When a slice does not fit the shape, or the groups do not divide the channels.
pub fn group_norm_silu_grad(
    grad: &[f32],
    kept: Normed<'_>,
    affine: Affine<'_>,
    shape: &GroupNormShape,
    mut out: NormGrads<'_>,
) -> Result<(), ShapeError> {
    const NAME: &str = "group_norm_silu_grad";
    let size = shape.check(NAME, "grad", grad.len())?;
    shape.check(NAME, "x", kept.x.len())?;
    shape.check(NAME, "dx", out.dx.len())?;
    affine.check(NAME, shape.channels)?;
    check_stats(NAME, kept.mean, kept.rstd, &[shape.batch, shape.groups])?;
    check_grads(NAME, &out, shape.channels)?;
    if size == 0 {
        out.clear();
        return Ok(());
    }
    let isa = isa();
    let piece = |(i, (((grad, x), dx), (dgamma, dbeta))): (usize, Task<'_>)| {
        let (mean, rstd) = (kept.mean[i], kept.rstd[i]);
        let channel = shape.first_channel(i);
        run(
            isa,
            GroupGrad {
                grad,
                x,
                dx,
                dgamma,
                dbeta,
                mean,
                rstd,
                channel,
                affine,
                shape,
            },
        );
    };
    // The sums over pixels of each map and channel, then over the batch in its order.
    with_stats(
        None,
        shape.batch * shape.channels,
        |Stats {
             mean: dgamma,
             rstd: dbeta,
         }| {
            let each = shape.channels / shape.groups;
            if grad.len() <= CHUNK {
                let maps = grad
                    .chunks(size)
                    .zip(kept.x.chunks(size))
                    .zip(out.dx.chunks_mut(size));
                let sums = dgamma.chunks_mut(each).zip(dbeta.chunks_mut(each));
                maps.zip(sums).enumerate().for_each(piece);
            } else {
                let maps = grad.par_chunks(size).zip(kept.x.par_chunks(size));
                let maps = maps.zip(out.dx.par_chunks_mut(size));
                let sums = dgamma.par_chunks_mut(each).zip(dbeta.par_chunks_mut(each));
                maps.zip(sums).enumerate().for_each(piece);
            }
            out.dgamma
                .as_deref_mut()
                .into_iter()
                .for_each(|total| add_rows(dgamma, total));
            out.dbeta
                .as_deref_mut()
                .into_iter()
                .for_each(|total| add_rows(dbeta, total));
        },
    );
    Ok(())
}

/// A group's gradient, input and result, and where the sums of its channels go.
type Task<'a> = (
    ((&'a [f32], &'a [f32]), &'a mut [f32]),
    (&'a mut [f32], &'a mut [f32]),
);

/// The sums of the columns of rows.
fn add_rows(rows: &[f32], total: &mut [f32]) {
    total.fill(0.0);
    for row in rows.chunks_exact(total.len().max(1)) {
        total
            .iter_mut()
            .zip(row)
            .for_each(|(total, &term)| *total += term);
    }
}

impl NormGrads<'_> {
    /// The gradients where there is nothing to differentiate.
    pub(super) fn clear(&mut self) {
        for part in [&mut self.dgamma, &mut self.dbeta].into_iter().flatten() {
            part.fill(0.0);
        }
    }
}

/// One group of one map.
struct GroupGrad<'a> {
    grad: &'a [f32],
    x: &'a [f32],
    dx: &'a mut [f32],
    dgamma: &'a mut [f32],
    dbeta: &'a mut [f32],
    mean: f32,
    rstd: f32,
    channel: usize,
    affine: Affine<'a>,
    shape: &'a GroupNormShape,
}

impl Kernel for GroupGrad<'_> {
    type Output = ();

    /// First the gradient before SiLU and its sums, kept in `dx`; then what the statistics take back.
    #[inline(always)]
    fn run<V: Vector>(self) {
        let pixels = self.shape.pixels;
        let (mut along, mut across) = (0.0f64, 0.0f64);
        let maps = self
            .grad
            .chunks_exact(pixels)
            .zip(self.x.chunks_exact(pixels));
        for (i, ((grad, x), dx)) in maps.zip(self.dx.chunks_exact_mut(pixels)).enumerate() {
            let (gamma, beta) = self.affine.at(self.channel + i);
            let line = Line {
                mean: self.mean,
                rstd: self.rstd,
                gamma,
                beta,
            };
            let (dgamma, dbeta) = match self.shape.silu {
                true => line.before::<V, true>(grad, x, dx),
                false => line.before::<V, false>(grad, x, dx),
            };
            along += dgamma * f64::from(gamma);
            across += dbeta * f64::from(gamma);
            (self.dgamma[i], self.dbeta[i]) = (dgamma as f32, dbeta as f32);
        }
        let rstd = f64::from(self.rstd);
        let share = rstd / self.x.len() as f64;
        let slope = V::splat((-along * share * rstd) as f32);
        let level = V::splat((-across * share) as f32);
        let mean = V::splat(self.mean);
        for (i, (x, dx)) in self
            .x
            .chunks_exact(pixels)
            .zip(self.dx.chunks_exact_mut(pixels))
            .enumerate()
        {
            let factor = V::splat(self.affine.at(self.channel + i).0 * self.rstd);
            sweep!(V, pixels, |at, lanes| {
                // SAFETY: both are maps of that many pixels.
                unsafe {
                    let back = (V::load(x.as_ptr().add(at), lanes) - mean).mul_add(slope, level);
                    let dy = V::load(dx.as_ptr().add(at), lanes);
                    dy.mul_add(factor, back)
                        .store(dx.as_mut_ptr().add(at), lanes);
                }
            });
        }
    }
}

/// How a channel was made from its normalised numbers.
struct Line {
    mean: f32,
    rstd: f32,
    gamma: f32,
    beta: f32,
}

impl Line {
    /// The gradient before SiLU into `dx`, and its sums: with the normalised numbers, and alone.
    #[inline(always)]
    fn before<V: Vector, const SILU: bool>(
        &self,
        grad: &[f32],
        x: &[f32],
        dx: &mut [f32],
    ) -> (f64, f64) {
        const BLOCK: usize = 4096;
        let (mean, rstd) = (V::splat(self.mean), V::splat(self.rstd));
        let (gamma, beta) = (V::splat(self.gamma), V::splat(self.beta));
        let (mut dgamma, mut dbeta) = (0.0, 0.0);
        let blocks = grad.chunks(BLOCK).zip(x.chunks(BLOCK));
        for ((grad, x), dx) in blocks.zip(dx.chunks_mut(BLOCK)) {
            let (mut along, mut across) = (V::splat(0.0), V::splat(0.0));
            sweep!(V, x.len(), |at, lanes| {
                // SAFETY: the three are equally long.
                unsafe {
                    let normed = (V::load(x.as_ptr().add(at), lanes) - mean) * rstd;
                    let mut dy = V::load(grad.as_ptr().add(at), lanes);
                    if SILU {
                        dy = dy * Silu.slope(normed.mul_add(gamma, beta));
                    }
                    dy.store(dx.as_mut_ptr().add(at), lanes);
                    // Beyond the end `dy` is zero, and the product with a finite number too.
                    along = dy.mul_add(normed, along);
                    across = across + dy;
                }
            });
            dgamma += f64::from(along.sum());
            dbeta += f64::from(across.sum());
        }
        (dgamma, dbeta)
    }
}
