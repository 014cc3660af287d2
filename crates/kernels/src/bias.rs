//! Additions in place: residuals and one number per channel.

use rayon::prelude::*;

use crate::error::ShapeError;
use crate::threads::{CHUNK, rows_per_task};
use crate::vector::{Kernel, Vector, isa, run, sum, sweep};

/// `x += y`.
///
/// # Errors
/// When `y` is not as long as `x`.
pub fn add(x: &mut [f32], y: &[f32]) -> Result<(), ShapeError> {
    ShapeError::unless_fits("add", "y", y.len(), &[x.len()])?;
    let isa = isa();
    let piece = |(x, y)| run(isa, Add { x, y });
    if x.len() <= CHUNK {
        piece((x, y));
    } else {
        x.par_chunks_mut(CHUNK)
            .zip(y.par_chunks(CHUNK))
            .for_each(piece);
    }
    Ok(())
}

/// `x[b, c, ..] += bias[b, c]` for maps of that many pixels.
///
/// # Errors
/// When `x` does not hold that many pixels for each number of `bias`.
pub fn add_bias_channels(x: &mut [f32], bias: &[f32], pixels: usize) -> Result<(), ShapeError> {
    ShapeError::unless_fits("add_bias_channels", "x", x.len(), &[bias.len(), pixels])?;
    if x.is_empty() {
        return Ok(());
    }
    let isa = isa();
    let piece = |(x, bias)| run(isa, AddBias { x, bias, pixels });
    if x.len() <= CHUNK {
        piece((x, bias));
    } else {
        let maps = rows_per_task(pixels);
        x.par_chunks_mut(maps * pixels)
            .zip(bias.par_chunks(maps))
            .for_each(piece);
    }
    Ok(())
}

/// The gradient of [`add_bias_channels`] at `bias`: the sum over the pixels of each map.
///
/// # Errors
/// When `grad` does not hold that many pixels for each number of `dbias`.
pub fn add_bias_channels_grad(
    grad: &[f32],
    pixels: usize,
    dbias: &mut [f32],
) -> Result<(), ShapeError> {
    ShapeError::unless_fits(
        "add_bias_channels_grad",
        "grad",
        grad.len(),
        &[dbias.len(), pixels],
    )?;
    if grad.is_empty() {
        dbias.fill(0.0);
        return Ok(());
    }
    let isa = isa();
    let piece = |(grad, dbias)| {
        run(
            isa,
            SumPixels {
                grad,
                pixels,
                dbias,
            },
        )
    };
    if grad.len() <= CHUNK {
        piece((grad, dbias));
    } else {
        let maps = rows_per_task(pixels);
        grad.par_chunks(maps * pixels)
            .zip(dbias.par_chunks_mut(maps))
            .for_each(piece);
    }
    Ok(())
}

struct Add<'a> {
    x: &'a mut [f32],
    y: &'a [f32],
}

impl Kernel for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let x = self.x.as_mut_ptr();
        sweep!(V, self.x.len().min(self.y.len()), |at, lanes| {
            // SAFETY: the count is the shorter of the two.
            unsafe {
                let sum = V::load(x.add(at), lanes) + V::load(self.y.as_ptr().add(at), lanes);
                sum.store(x.add(at), lanes);
            }
        });
    }
}

struct AddBias<'a> {
    x: &'a mut [f32],
    bias: &'a [f32],
    pixels: usize,
}

impl Kernel for AddBias<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        for (map, &bias) in self.x.chunks_exact_mut(self.pixels).zip(self.bias) {
            let (bias, x) = (V::splat(bias), map.as_mut_ptr());
            sweep!(V, map.len(), |at, lanes| {
                // SAFETY: `sweep` stays within the map.
                unsafe { (V::load(x.add(at), lanes) + bias).store(x.add(at), lanes) }
            });
        }
    }
}

struct SumPixels<'a> {
    grad: &'a [f32],
    pixels: usize,
    dbias: &'a mut [f32],
}

impl Kernel for SumPixels<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        for (map, dbias) in self.grad.chunks_exact(self.pixels).zip(self.dbias) {
            *dbias = sum::<V>(map) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{add, add_bias_channels, add_bias_channels_grad};
    use crate::vector::tests::{noise, on_every_isa};

    const SIZES: [[usize; 2]; 6] = [[1, 1], [3, 1], [5, 91], [17, 91], [6, 4096], [3, 20_001]];

    #[test]
    fn each_map_gets_its_own_number() {
        on_every_isa(|isa| {
            for [maps, pixels] in SIZES {
                let (x, bias) = (noise(maps * pixels, 1), noise(maps, 2));
                let mut y = x.clone();
                add_bias_channels(&mut y, &bias, pixels).unwrap();
                for i in 0..x.len() {
                    assert_eq!(y[i], x[i] + bias[i / pixels], "{isa:?} {maps} {pixels}");
                }
            }
        });
    }

    #[test]
    fn its_gradient_is_the_sum_over_the_map() {
        on_every_isa(|isa| {
            for [maps, pixels] in SIZES {
                let grad = noise(maps * pixels, 1);
                let mut dbias = vec![f32::NAN; maps];
                add_bias_channels_grad(&grad, pixels, &mut dbias).unwrap();
                for (map, &found) in grad.chunks(pixels).zip(&dbias) {
                    let wanted: f64 = map.iter().map(|&x| f64::from(x)).sum();
                    let off = (f64::from(found) - wanted).abs();
                    assert!(
                        off < 1e-7 * pixels as f64 + 1e-5,
                        "{isa:?} {found}, not {wanted}"
                    );
                }
            }
        });
    }

    #[test]
    fn residuals_are_added() {
        on_every_isa(|isa| {
            for count in [0, 1, 17, 40_003] {
                let (x, y) = (noise(count, 1), noise(count, 2));
                let mut sum = x.clone();
                add(&mut sum, &y).unwrap();
                let wanted: Vec<f32> = x.iter().zip(&y).map(|(x, y)| x + y).collect();
                assert_eq!(sum, wanted, "{isa:?}");
            }
        });
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        assert!(add(&mut [0.0; 2], &[0.0; 3]).is_err());
        assert!(add_bias_channels(&mut [0.0; 7], &[0.0; 3], 2).is_err());
        assert!(add_bias_channels_grad(&[0.0; 7], 2, &mut [0.0; 3]).is_err());
    }
}
