//! Group normalisation (Wu & He, 2018) and SiLU in one go.

use rayon::prelude::*;

use super::{Affine, GroupNormShape, Stats, check_stats};
use crate::error::ShapeError;
use crate::threads::{CHUNK, with_zeros};
use crate::vector::{Kernel, Vector, isa, moments, run, sigmoid, sweep};

/// Normalises each group of channels over its pixels; then [`Affine`]; then SiLU where the shape says so.
///
/// A group is read twice while it is in the cache and written once.
///
/// # Errors
/// When a slice does not fit the shape, or the groups do not divide the channels.
pub fn group_norm_silu(
    x: &[f32],
    affine: Affine<'_>,
    shape: &GroupNormShape,
    out: &mut [f32],
    stats: Option<Stats<'_>>,
) -> Result<(), ShapeError> {
    const NAME: &str = "group_norm_silu";
    let size = shape.check(NAME, "x", x.len())?;
    ShapeError::unless_fits(
        NAME,
        "out",
        out.len(),
        &[shape.batch, shape.channels, shape.pixels],
    )?;
    affine.check(NAME, shape.channels)?;
    if let Some(stats) = &stats {
        check_stats(NAME, stats.mean, stats.rstd, &[shape.batch, shape.groups])?;
    }
    if size == 0 {
        return Ok(());
    }
    let isa = isa();
    let piece = |(i, ((x, out), (mean, rstd))): (usize, Task<'_>)| {
        let channel = shape.first_channel(i);
        let (from, to) = (x.as_ptr(), out.as_mut_ptr());
        (*mean, *rstd) = run(
            isa,
            Group {
                x: from,
                out: to,
                size,
                channel,
                affine,
                shape,
            },
        );
    };
    let with = |Stats { mean, rstd }: Stats<'_>| {
        if x.len() <= CHUNK {
            let maps = x.chunks(size).zip(out.chunks_mut(size));
            maps.zip(mean.iter_mut().zip(rstd))
                .enumerate()
                .for_each(piece);
        } else {
            let maps = x.par_chunks(size).zip(out.par_chunks_mut(size));
            maps.zip(mean.par_iter_mut().zip(rstd))
                .enumerate()
                .for_each(piece);
        }
    };
    with_stats(stats, shape.batch * shape.groups, with);
    Ok(())
}

/// [`group_norm_silu`] over its own input, where no backward pass follows.
///
/// # Errors
/// When a slice does not fit the shape, or the groups do not divide the channels.
pub fn group_norm_silu_in_place(
    x: &mut [f32],
    affine: Affine<'_>,
    shape: &GroupNormShape,
) -> Result<(), ShapeError> {
    const NAME: &str = "group_norm_silu_in_place";
    let size = shape.check(NAME, "x", x.len())?;
    affine.check(NAME, shape.channels)?;
    if size == 0 {
        return Ok(());
    }
    let isa = isa();
    let piece = |(i, x): (usize, &mut [f32])| {
        let (channel, to) = (shape.first_channel(i), x.as_mut_ptr());
        run(
            isa,
            Group {
                x: to,
                out: to,
                size,
                channel,
                affine,
                shape,
            },
        );
    };
    if x.len() <= CHUNK {
        x.chunks_mut(size).enumerate().for_each(piece);
    } else {
        x.par_chunks_mut(size).enumerate().for_each(piece);
    }
    Ok(())
}

/// A group's input and output, and where its mean and deviation go.
type Task<'a> = ((&'a [f32], &'a mut [f32]), (&'a mut f32, &'a mut f32));

/// One group of one map; gives its mean and 1 / deviation.
struct Group<'a> {
    x: *const f32,
    out: *mut f32,
    size: usize,
    channel: usize,
    affine: Affine<'a>,
    shape: &'a GroupNormShape,
}

impl Kernel for Group<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn run<V: Vector>(self) -> (f32, f32) {
        // SAFETY: `x` holds `size` numbers, and nothing is written while this slice is used.
        let moments = moments::<V>(unsafe { std::slice::from_raw_parts(self.x, self.size) });
        let (mean, left_out, rstd) = moments.rounded(self.shape.epsilon);
        let pixels = self.shape.pixels;
        for i in 0..self.size / pixels {
            let (gamma, beta) = self.affine.at(self.channel + i);
            let factor = rstd * f64::from(gamma);
            let term = (f64::from(beta) - left_out * factor) as f32;
            let line = Line {
                mean,
                factor: factor as f32,
                term,
            };
            // SAFETY: both hold `size` numbers, which are whole channels.
            unsafe {
                let (x, out) = (self.x.add(i * pixels), self.out.add(i * pixels));
                match self.shape.silu {
                    true => line.write::<V, true>(x, out, pixels),
                    false => line.write::<V, false>(x, out, pixels),
                }
            }
        }
        (mean, rstd as f32)
    }
}

/// `(x - mean) · factor + term`: the difference first, so that a large mean costs no digits.
struct Line {
    mean: f32,
    factor: f32,
    term: f32,
}

impl Line {
    /// # Safety
    /// `count` numbers can be read from `x` and written to `out`, which may be the same.
    #[inline(always)]
    unsafe fn write<V: Vector, const SILU: bool>(
        &self,
        x: *const f32,
        out: *mut f32,
        count: usize,
    ) {
        let (mean, factor, term) = (
            V::splat(self.mean),
            V::splat(self.factor),
            V::splat(self.term),
        );
        sweep!(V, count, |at, lanes| {
            // SAFETY: `sweep` stays within the count.
            unsafe {
                let y = (V::load(x.add(at), lanes) - mean).mul_add(factor, term);
                let y = if SILU { y * sigmoid(y) } else { y };
                y.store(out.add(at), lanes);
            }
        });
    }
}

impl GroupNormShape {
    /// The first channel of a group, counted over the whole batch.
    pub(super) fn first_channel(&self, group: usize) -> usize {
        group % self.groups * (self.channels / self.groups)
    }
}

/// Calls with the statistics, or with room for them that is forgotten.
pub(super) fn with_stats(stats: Option<Stats<'_>>, count: usize, work: impl FnOnce(Stats<'_>)) {
    match stats {
        Some(stats) => work(stats),
        None => with_zeros(2 * count, |room| {
            let (mean, rstd) = room.split_at_mut(count);
            work(Stats { mean, rstd });
        }),
    }
}
