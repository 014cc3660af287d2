//! The gated linear unit with GELU (Shazeer, 2020).

use rayon::prelude::*;

use super::curves::{Curve, Gelu};
use crate::error::ShapeError;
use crate::threads::{CHUNK, rows_per_task};
use crate::vector::{Kernel, Vector, isa, run, sweep};

/// `out = value · gelu(gate)` for rows `x` of `half` values, then `half` gates, as diffusers has them.
///
/// # Errors
/// When `x` is not whole rows of `2 · half` numbers, or `out` is not as many rows of `half`.
pub fn geglu(x: &[f32], half: usize, out: &mut [f32]) -> Result<(), ShapeError> {
    let rows = x.len() / (2 * half).max(1);
    ShapeError::unless_fits("geglu", "x", x.len(), &[rows, 2 * half])?;
    ShapeError::unless_fits("geglu", "out", out.len(), &[rows, half])?;
    if out.is_empty() {
        return Ok(());
    }
    let isa = isa();
    let piece = |(x, out)| run(isa, Forward { x, half, out });
    if x.len() <= CHUNK {
        piece((x, out));
    } else {
        let taken = rows_per_task(2 * half) * half;
        x.par_chunks(2 * taken)
            .zip(out.par_chunks_mut(taken))
            .for_each(piece);
    }
    Ok(())
}

/// The gradient of [`geglu`] at `x`, from the gradient of its output.
///
/// # Errors
/// When the shapes are not those of [`geglu`], or `dx` is not as long as `x`.
pub fn geglu_grad(grad: &[f32], x: &[f32], half: usize, dx: &mut [f32]) -> Result<(), ShapeError> {
    let rows = x.len() / (2 * half).max(1);
    ShapeError::unless_fits("geglu_grad", "x", x.len(), &[rows, 2 * half])?;
    ShapeError::unless_fits("geglu_grad", "grad", grad.len(), &[rows, half])?;
    ShapeError::unless_fits("geglu_grad", "dx", dx.len(), &[rows, 2 * half])?;
    if grad.is_empty() {
        return Ok(());
    }
    let isa = isa();
    let piece = |((grad, x), dx)| run(isa, Backward { grad, x, half, dx });
    if x.len() <= CHUNK {
        piece(((grad, x), dx));
    } else {
        let taken = rows_per_task(2 * half) * half;
        let inputs = grad.par_chunks(taken).zip(x.par_chunks(2 * taken));
        inputs.zip(dx.par_chunks_mut(2 * taken)).for_each(piece);
    }
    Ok(())
}

struct Forward<'a> {
    x: &'a [f32],
    half: usize,
    out: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let rows = self
            .x
            .chunks_exact(2 * self.half)
            .zip(self.out.chunks_exact_mut(self.half));
        for (x, out) in rows {
            let (values, gates) = (x.as_ptr(), x[self.half..].as_ptr());
            sweep!(V, self.half, |at, lanes| {
                // SAFETY: a row has `half` values, `half` gates and `half` results.
                unsafe {
                    let gate = Gelu.value(V::load(gates.add(at), lanes));
                    let value = V::load(values.add(at), lanes);
                    (value * gate).store(out.as_mut_ptr().add(at), lanes);
                }
            });
        }
    }
}

struct Backward<'a> {
    grad: &'a [f32],
    x: &'a [f32],
    half: usize,
    dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let half = self.half;
        let inputs = self
            .grad
            .chunks_exact(half)
            .zip(self.x.chunks_exact(2 * half));
        for ((grad, x), dx) in inputs.zip(self.dx.chunks_exact_mut(2 * half)) {
            let (dvalues, dgates) = dx.split_at_mut(half);
            let (values, gates) = x.split_at(half);
            sweep!(V, half, |at, lanes| {
                // SAFETY: a row has `half` of each.
                unsafe {
                    let grad = V::load(grad.as_ptr().add(at), lanes);
                    let value = V::load(values.as_ptr().add(at), lanes);
                    let (gate, slope) = Gelu::both(V::load(gates.as_ptr().add(at), lanes));
                    (grad * gate).store(dvalues.as_mut_ptr().add(at), lanes);
                    (grad * value * slope).store(dgates.as_mut_ptr().add(at), lanes);
                }
            });
        }
    }
}
