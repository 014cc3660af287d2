//! Maps twice as large, each pixel four times.

use rayon::prelude::*;

use crate::error::ShapeError;
use crate::threads::{CHUNK, rows_per_task};
use crate::vector::{Kernel, Vector, isa, run};

/// Twice the height and width by the nearest pixel: `x` `[planes, height, width]`, `out` `[planes, 2·height, 2·width]`.
///
/// # Errors
/// When `x` is not whole planes of that size, or `out` is not four times as long.
pub fn upsample_nearest2(x: &[f32], size: [usize; 2], out: &mut [f32]) -> Result<(), ShapeError> {
    let planes = fits(
        "upsample_nearest2",
        ["x", "out"],
        [x.len(), out.len()],
        size,
    )?;
    if planes == 0 {
        return Ok(());
    }
    let isa = isa();
    let width = size[1];
    let piece = |(x, out)| run(isa, Forward { x, width, out });
    if out.len() <= CHUNK {
        piece((x, out));
    } else {
        let taken = rows_per_task(4 * width) * width;
        x.par_chunks(taken)
            .zip(out.par_chunks_mut(4 * taken))
            .for_each(piece);
    }
    Ok(())
}

/// The gradient of [`upsample_nearest2`] at `x` of that size: the sum of each four pixels.
///
/// # Errors
/// When `dx` is not whole planes of that size, or `grad` is not four times as long.
pub fn upsample_nearest2_grad(
    grad: &[f32],
    size: [usize; 2],
    dx: &mut [f32],
) -> Result<(), ShapeError> {
    let lengths = [dx.len(), grad.len()];
    let planes = fits("upsample_nearest2_grad", ["dx", "grad"], lengths, size)?;
    if planes == 0 {
        return Ok(());
    }
    let isa = isa();
    let width = size[1];
    let piece = |(grad, dx)| run(isa, Backward { grad, width, dx });
    if grad.len() <= CHUNK {
        piece((grad, dx));
    } else {
        let taken = rows_per_task(4 * width) * width;
        grad.par_chunks(4 * taken)
            .zip(dx.par_chunks_mut(taken))
            .for_each(piece);
    }
    Ok(())
}

/// How many planes there are.
fn fits(
    operation: &'static str,
    what: [&'static str; 2],
    lengths: [usize; 2],
    [height, width]: [usize; 2],
) -> Result<usize, ShapeError> {
    let plane = height.saturating_mul(width);
    let planes = lengths[0] / plane.max(1);
    let doubled = [planes, height.saturating_mul(2), width.saturating_mul(2)];
    ShapeError::unless_fits(operation, what[0], lengths[0], &[planes, height, width])?;
    ShapeError::unless_fits(operation, what[1], lengths[1], &doubled)?;
    Ok(if plane == 0 { 0 } else { planes })
}

struct Forward<'a> {
    x: &'a [f32],
    width: usize,
    out: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let rows = self
            .x
            .chunks_exact(self.width)
            .zip(self.out.chunks_exact_mut(4 * self.width));
        for (row, pair) in rows {
            let (upper, lower) = pair.split_at_mut(2 * self.width);
            for (twice, &value) in upper.chunks_exact_mut(2).zip(row) {
                twice.fill(value);
            }
            lower.copy_from_slice(upper);
        }
    }
}

struct Backward<'a> {
    grad: &'a [f32],
    width: usize,
    dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let rows = self
            .dx
            .chunks_exact_mut(self.width)
            .zip(self.grad.chunks_exact(4 * self.width));
        for (dx, pair) in rows {
            let (upper, lower) = pair.split_at(2 * self.width);
            let squares = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            for (dx, (upper, lower)) in dx.iter_mut().zip(squares) {
                *dx = (upper[0] + upper[1]) + (lower[0] + lower[1]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{upsample_nearest2, upsample_nearest2_grad};
    use crate::vector::tests::{noise, on_every_isa};

    const SIZES: [[usize; 3]; 6] = [
        [1, 1, 1],
        [3, 1, 5],
        [5, 7, 13],
        [17, 3, 1],
        [2, 16, 33],
        [3, 80, 80],
    ];

    #[test]
    fn each_pixel_is_found_four_times() {
        on_every_isa(|isa| {
            for [planes, height, width] in SIZES {
                let x = noise(planes * height * width, 1);
                let mut y = vec![f32::NAN; 4 * x.len()];
                upsample_nearest2(&x, [height, width], &mut y).unwrap();
                for (i, &y) in y.iter().enumerate() {
                    let (row, column) = (i / (2 * width), i % (2 * width));
                    assert_eq!(
                        y,
                        x[row / 2 * width + column / 2],
                        "{isa:?} {planes} {height} {width}"
                    );
                }
            }
        });
    }

    #[test]
    fn the_gradient_is_the_transpose() {
        on_every_isa(|isa| {
            for [planes, height, width] in SIZES {
                let count = planes * height * width;
                let (x, grad) = (noise(count, 1), noise(4 * count, 2));
                let (mut y, mut dx) = (vec![0.0; 4 * count], vec![f32::NAN; count]);
                upsample_nearest2(&x, [height, width], &mut y).unwrap();
                upsample_nearest2_grad(&grad, [height, width], &mut dx).unwrap();
                let dot = |a: &[f32], b: &[f32]| -> f64 {
                    a.iter()
                        .zip(b)
                        .map(|(&a, &b)| f64::from(a) * f64::from(b))
                        .sum()
                };
                let off = dot(&y, &grad) - dot(&x, &dx);
                assert!(
                    off.abs() < 1e-5 * count as f64,
                    "{isa:?} {planes} {height} {width}: {off}"
                );
            }
        });
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        assert!(upsample_nearest2(&[0.0; 7], [2, 3], &mut [0.0; 28]).is_err());
        assert!(upsample_nearest2(&[0.0; 6], [2, 3], &mut [0.0; 23]).is_err());
        assert!(upsample_nearest2(&[0.0; 6], [usize::MAX, 3], &mut [0.0; 24]).is_err());
        assert!(upsample_nearest2_grad(&[0.0; 24], [0, 3], &mut [0.0; 6]).is_err());
        assert!(upsample_nearest2(&[], [0, 3], &mut []).is_ok());
    }
}
