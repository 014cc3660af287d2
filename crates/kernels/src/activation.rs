//! Activations, element by element, and their gradients.

mod curves;
mod geglu;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::error::ShapeError;
use crate::threads::CHUNK;
use crate::vector::{Kernel, Vector, isa, run, sweep};
pub(crate) use curves::{Curve, Silu};
use curves::{Gelu, GeluTanh};
pub use geglu::{geglu, geglu_grad};

/// `x · σ(x)` (Elfwing et al., 2017).
///
/// # Errors
/// When `out` is not as long as `x`.
pub fn silu(x: &[f32], out: &mut [f32]) -> Result<(), ShapeError> {
    forward::<Silu>("silu", x, out)
}

/// [`silu`] over its own input.
pub fn silu_in_place(x: &mut [f32]) {
    in_place::<Silu>(x);
}

/// The gradient of [`silu`] at `x`, from the gradient of its output.
///
/// # Errors
/// When `grad` or `dx` is not as long as `x`.
pub fn silu_grad(grad: &[f32], x: &[f32], dx: &mut [f32]) -> Result<(), ShapeError> {
    backward::<Silu>("silu_grad", grad, x, dx)
}

/// `x · Φ(x)` with the normal distribution by the error function (Hendrycks & Gimpel, 2016); PyTorch's default.
///
/// # Errors
/// When `out` is not as long as `x`.
pub fn gelu(x: &[f32], out: &mut [f32]) -> Result<(), ShapeError> {
    forward::<Gelu>("gelu", x, out)
}

/// [`gelu`] over its own input.
pub fn gelu_in_place(x: &mut [f32]) {
    in_place::<Gelu>(x);
}

/// The gradient of [`gelu`] at `x`, from the gradient of its output.
///
/// # Errors
/// When `grad` or `dx` is not as long as `x`.
pub fn gelu_grad(grad: &[f32], x: &[f32], dx: &mut [f32]) -> Result<(), ShapeError> {
    backward::<Gelu>("gelu_grad", grad, x, dx)
}

/// The approximation of [`gelu`] by tanh; PyTorch's `approximate="tanh"`.
///
/// # Errors
/// When `out` is not as long as `x`.
pub fn gelu_tanh(x: &[f32], out: &mut [f32]) -> Result<(), ShapeError> {
    forward::<GeluTanh>("gelu_tanh", x, out)
}

/// [`gelu_tanh`] over its own input.
pub fn gelu_tanh_in_place(x: &mut [f32]) {
    in_place::<GeluTanh>(x);
}

/// The gradient of [`gelu_tanh`] at `x`, from the gradient of its output.
///
/// # Errors
/// When `grad` or `dx` is not as long as `x`.
pub fn gelu_tanh_grad(grad: &[f32], x: &[f32], dx: &mut [f32]) -> Result<(), ShapeError> {
    backward::<GeluTanh>("gelu_tanh_grad", grad, x, dx)
}

/// `out[i] = curve(x[i])`.
struct Forward<C> {
    x: *const f32,
    out: *mut f32,
    count: usize,
    curve: C,
}

impl<C: Curve> Kernel for Forward<C> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        sweep!(V, self.count, |at, lanes| {
            // SAFETY: both hold `count` numbers; when they are the same, each is read before it is written.
            unsafe {
                let x = V::load(self.x.add(at), lanes);
                self.curve.value(x).store(self.out.add(at), lanes);
            }
        });
    }
}

/// `dx[i] = grad[i] · curve'(x[i])`.
struct Backward<'a, C> {
    grad: &'a [f32],
    x: &'a [f32],
    dx: &'a mut [f32],
    curve: C,
}

impl<C: Curve> Kernel for Backward<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let count = self.dx.len().min(self.x.len()).min(self.grad.len());
        sweep!(V, count, |at, lanes| {
            // SAFETY: `count` is the shortest of the three.
            unsafe {
                let x = V::load(self.x.as_ptr().add(at), lanes);
                let grad = V::load(self.grad.as_ptr().add(at), lanes);
                let dx = grad * self.curve.slope(x);
                dx.store(self.dx.as_mut_ptr().add(at), lanes);
            }
        });
    }
}

fn forward<C: Curve>(
    operation: &'static str,
    x: &[f32],
    out: &mut [f32],
) -> Result<(), ShapeError> {
    ShapeError::unless_fits(operation, "out", out.len(), &[x.len()])?;
    let isa = isa();
    let piece = |(x, out): (&[f32], &mut [f32])| {
        let (count, curve) = (out.len().min(x.len()), C::default());
        let out = out.as_mut_ptr();
        run(
            isa,
            Forward {
                x: x.as_ptr(),
                out,
                count,
                curve,
            },
        );
    };
    if x.len() <= CHUNK {
        piece((x, out));
    } else {
        x.par_chunks(CHUNK)
            .zip(out.par_chunks_mut(CHUNK))
            .for_each(piece);
    }
    Ok(())
}

fn in_place<C: Curve>(x: &mut [f32]) {
    let isa = isa();
    let piece = |x: &mut [f32]| {
        let (count, curve) = (x.len(), C::default());
        let out = x.as_mut_ptr();
        run(
            isa,
            Forward {
                x: out,
                out,
                count,
                curve,
            },
        );
    };
    if x.len() <= CHUNK {
        piece(x);
    } else {
        x.par_chunks_mut(CHUNK).for_each(piece);
    }
}

fn backward<C: Curve>(
    operation: &'static str,
    grad: &[f32],
    x: &[f32],
    dx: &mut [f32],
) -> Result<(), ShapeError> {
    ShapeError::unless_fits(operation, "grad", grad.len(), &[x.len()])?;
    ShapeError::unless_fits(operation, "dx", dx.len(), &[x.len()])?;
    let isa = isa();
    let piece = |((grad, x), dx)| {
        run(
            isa,
            Backward {
                grad,
                x,
                dx,
                curve: C::default(),
            },
        )
    };
    if x.len() <= CHUNK {
        piece(((grad, x), dx));
    } else {
        let inputs = grad.par_chunks(CHUNK).zip(x.par_chunks(CHUNK));
        inputs.zip(dx.par_chunks_mut(CHUNK)).for_each(piece);
    }
    Ok(())
}
