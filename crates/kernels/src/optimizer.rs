//! What a trainer does with flat slices: a step of AdamW, a moving average, the norm of a gradient.

use rayon::prelude::*;

use crate::error::ShapeError;
use crate::threads::CHUNK;
use crate::vector::{Kernel, Vector, isa, run, sweep};

/// Adam with decoupled weight decay (Loshchilov & Hutter, 2017).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    /// The learning rate.
    pub rate: f64,
    /// How much of the first moment is kept at each step.
    pub beta1: f64,
    /// How much of the second moment is kept at each step.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// Per step, parameters shrink by this times the rate.
    pub weight_decay: f64,
    /// Which step this is, from 1 (0 is taken as 1).
    pub step: u32,
}

/// What AdamW keeps between steps: zeros before the first.
#[derive(Debug)]
pub struct AdamWState<'a> {
    /// The first moment: the moving average of the gradient.
    pub m: &'a mut [f32],
    /// The second moment: the moving average of its square.
    pub v: &'a mut [f32],
}

/// One step of AdamW; `scale` multiplies the gradient first (clipping).
///
/// # Errors
/// When the four slices are not equally long.
pub fn adamw_step(
    parameters: &mut [f32],
    gradients: &[f32],
    state: AdamWState<'_>,
    rule: &AdamW,
    scale: f32,
) -> Result<(), ShapeError> {
    let wanted = [parameters.len()];
    ShapeError::unless_fits("adamw_step", "gradients", gradients.len(), &wanted)?;
    ShapeError::unless_fits("adamw_step", "m", state.m.len(), &wanted)?;
    ShapeError::unless_fits("adamw_step", "v", state.v.len(), &wanted)?;
    let (isa, factors) = (isa(), Factors::of(rule, scale));
    parameters
        .par_chunks_mut(CHUNK)
        .zip(gradients.par_chunks(CHUNK))
        .zip(
            state
                .m
                .par_chunks_mut(CHUNK)
                .zip(state.v.par_chunks_mut(CHUNK)),
        )
        .for_each(|((p, g), (m, v))| {
            run(
                isa,
                Step {
                    p,
                    g,
                    m,
                    v,
                    factors,
                },
            )
        });
    Ok(())
}

/// `average += (1 - decay) · (parameters - average)`.
///
/// # Errors
/// When the two are not equally long.
pub fn ema_step(average: &mut [f32], parameters: &[f32], decay: f64) -> Result<(), ShapeError> {
    ShapeError::unless_fits("ema_step", "parameters", parameters.len(), &[average.len()])?;
    let (isa, taken) = (isa(), (1.0 - decay) as f32);
    average
        .par_chunks_mut(CHUNK)
        .zip(parameters.par_chunks(CHUNK))
        .for_each(|(average, parameters)| {
            run(
                isa,
                Average {
                    average,
                    parameters,
                    taken,
                },
            )
        });
    Ok(())
}

/// The sum of squares, in f64: the square of a gradient's norm.
pub fn sum_of_squares(x: &[f32]) -> f64 {
    let isa = isa();
    let sums = x.par_chunks(CHUNK).map(|x| run(isa, Squares { x }));
    // In the order of the chunks, whichever thread was first.
    sums.collect::<Vec<_>>().into_iter().sum()
}

/// The numbers of a step, each rounded once.
#[derive(Clone, Copy)]
struct Factors {
    scale: f32,
    keep: [f32; 2],
    take: [f32; 2],
    shrink: f32,
    rate: f32,
    root: f32,
    epsilon: f32,
}

impl Factors {
    fn of(rule: &AdamW, scale: f32) -> Self {
        let step = i32::try_from(rule.step.max(1)).unwrap_or(i32::MAX);
        let bias = [1.0 - rule.beta1.powi(step), 1.0 - rule.beta2.powi(step)];
        Self {
            scale,
            keep: [rule.beta1 as f32, rule.beta2 as f32],
            take: [(1.0 - rule.beta1) as f32, (1.0 - rule.beta2) as f32],
            shrink: (1.0 - rule.rate * rule.weight_decay) as f32,
            rate: (-rule.rate / bias[0]) as f32,
            root: (1.0 / bias[1]).sqrt() as f32,
            epsilon: rule.epsilon as f32,
        }
    }
}

struct Step<'a> {
    p: &'a mut [f32],
    g: &'a [f32],
    m: &'a mut [f32],
    v: &'a mut [f32],
    factors: Factors,
}

impl Kernel for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let f = self.factors;
        let count = self
            .p
            .len()
            .min(self.g.len())
            .min(self.m.len())
            .min(self.v.len());
        let (p, m, v) = (
            self.p.as_mut_ptr(),
            self.m.as_mut_ptr(),
            self.v.as_mut_ptr(),
        );
        sweep!(V, count, |at, lanes| {
            // SAFETY: `count` is the shortest of the four.
            unsafe {
                let g = V::load(self.g.as_ptr().add(at), lanes) * V::splat(f.scale);
                let first = V::load(m.add(at), lanes) * V::splat(f.keep[0]);
                let first = g.mul_add(V::splat(f.take[0]), first);
                let second = V::load(v.add(at), lanes) * V::splat(f.keep[1]);
                let second = (g * V::splat(f.take[1])).mul_add(g, second);
                first.store(m.add(at), lanes);
                second.store(v.add(at), lanes);
                let spread = second.sqrt().mul_add(V::splat(f.root), V::splat(f.epsilon));
                let kept = V::load(p.add(at), lanes) * V::splat(f.shrink);
                (first * V::splat(f.rate) / spread + kept).store(p.add(at), lanes);
            }
        });
    }
}

struct Average<'a> {
    average: &'a mut [f32],
    parameters: &'a [f32],
    taken: f32,
}

impl Kernel for Average<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let average = self.average.as_mut_ptr();
        sweep!(
            V,
            self.average.len().min(self.parameters.len()),
            |at, lanes| {
                // SAFETY: the count is the shorter of the two.
                unsafe {
                    let old = V::load(average.add(at), lanes);
                    let off = V::load(self.parameters.as_ptr().add(at), lanes) - old;
                    off.mul_add(V::splat(self.taken), old)
                        .store(average.add(at), lanes);
                }
            }
        );
    }
}

struct Squares<'a> {
    x: &'a [f32],
}

impl Kernel for Squares<'_> {
    type Output = f64;

    /// Squares in f64: those of f32 overflow from 2e19 on.
    #[inline(always)]
    fn run<V: Vector>(self) -> f64 {
        let mut sums = [0.0f64; 32];
        let groups = self.x.chunks_exact(sums.len());
        let rest: f64 = groups
            .remainder()
            .iter()
            .map(|&x| f64::from(x) * f64::from(x))
            .sum();
        for group in groups {
            for (sum, &x) in sums.iter_mut().zip(group) {
                *sum += f64::from(x) * f64::from(x);
            }
        }
        sums.iter().sum::<f64>() + rest
    }
}

#[cfg(test)]
mod tests {
    use super::{AdamW, AdamWState, adamw_step, ema_step, sum_of_squares};
    use crate::vector::tests::{noise, on_every_isa};

    const RULE: AdamW = AdamW {
        rate: 1e-2,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weight_decay: 0.1,
        step: 1,
    };

    /// The rule as it is printed (Algorithm 2), in f64.
    fn exact(p: &mut f64, m: &mut f64, v: &mut f64, g: f64, step: i32) {
        *m = RULE.beta1 * *m + (1.0 - RULE.beta1) * g;
        *v = RULE.beta2 * *v + (1.0 - RULE.beta2) * g * g;
        let first = *m / (1.0 - RULE.beta1.powi(step));
        let second = *v / (1.0 - RULE.beta2.powi(step));
        let decay = RULE.weight_decay * *p;
        *p -= RULE.rate * (first / (second.sqrt() + RULE.epsilon) + decay);
    }

    #[test]
    fn five_steps_are_those_of_f64() {
        on_every_isa(|isa| {
            for count in [1, 5, 17, 33_000] {
                let mut p = noise(count, 1);
                let mut wanted: Vec<[f64; 3]> =
                    p.iter().map(|&p| [f64::from(p), 0.0, 0.0]).collect();
                let (mut m, mut v) = (vec![0.0; count], vec![0.0; count]);
                for step in 1..=5 {
                    let g = noise(count, 10 + u64::from(step));
                    let state = AdamWState {
                        m: &mut m,
                        v: &mut v,
                    };
                    adamw_step(&mut p, &g, state, &AdamW { step, ..RULE }, 0.5).unwrap();
                    for ([p, m, v], g) in wanted.iter_mut().zip(&g) {
                        exact(p, m, v, 0.5 * f64::from(*g), step as i32);
                    }
                }
                for (i, [wanted, m64, v64]) in wanted.iter().enumerate() {
                    assert!(
                        (f64::from(p[i]) - wanted).abs() < 1e-6,
                        "{isa:?} {}, not {wanted}",
                        p[i]
                    );
                    assert!(
                        (f64::from(m[i]) - m64).abs() < 1e-7
                            && (f64::from(v[i]) - v64).abs() < 1e-7
                    );
                }
            }
        });
    }

    #[test]
    fn a_gradient_of_zero_gives_no_nan() {
        on_every_isa(|isa| {
            let (mut p, mut m, mut v) = ([1.0; 17], [0.0; 17], [0.0; 17]);
            let state = AdamWState {
                m: &mut m,
                v: &mut v,
            };
            adamw_step(&mut p, &[0.0; 17], state, &AdamW { step: 0, ..RULE }, 1.0).unwrap();
            assert_eq!(p, [0.999; 17], "{isa:?}: only decay");
        });
    }

    #[test]
    fn the_average_moves_by_what_is_not_kept() {
        on_every_isa(|isa| {
            let (old, new) = (noise(20_003, 1), noise(20_003, 2));
            let mut average = old.clone();
            ema_step(&mut average, &new, 0.9999).unwrap();
            for i in 0..old.len() {
                let wanted = 0.9999 * f64::from(old[i]) + 0.0001 * f64::from(new[i]);
                assert!((f64::from(average[i]) - wanted).abs() < 1e-7, "{isa:?}");
            }
        });
    }

    #[test]
    fn squares_are_summed_in_f64() {
        on_every_isa(|isa| {
            for count in [0, 1, 31, 33, 100_001] {
                let x = noise(count, 1);
                let wanted: f64 = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
                let found = sum_of_squares(&x);
                assert!(
                    (found - wanted).abs() <= 1e-12 * wanted,
                    "{isa:?} {count}: {found}"
                );
            }
            assert!(
                (sum_of_squares(&[1e30; 40]) / 4e61 - 1.0).abs() < 1e-6,
                "{isa:?}: no overflow"
            );
        });
    }

    #[test]
    fn lengths_that_differ_are_refused() {
        let (mut m, mut v) = ([0.0; 3], [0.0; 2]);
        let state = AdamWState {
            m: &mut m,
            v: &mut v,
        };
        let error = adamw_step(&mut [0.0; 3], &[0.0; 3], state, &RULE, 1.0).unwrap_err();
        assert_eq!(
            (error.what, error.wanted, error.found),
            ("v", vec![3], vec![2])
        );
        assert!(ema_step(&mut [0.0; 3], &[0.0; 2], 0.9).is_err());
    }
}
