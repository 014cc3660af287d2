//! What the tests of all kernels share, and the exponential against f64.

use std::cell::Cell;

use super::{Kernel, Vector, exp, moments, normal, run, sum};
use crate::isa::{Isa, Precision};

pub(crate) use super::reference;

thread_local! {
    /// What `isa` answers on this thread instead of what was detected.
    pub(crate) static FORCED: Cell<Option<Isa>> = const { Cell::new(None) };
}

/// Runs a test once for every way this machine has.
pub(crate) fn on_every_isa(test: impl Fn(Isa)) {
    for isa in Isa::all(Precision::F32) {
        FORCED.set(Some(isa));
        test(isa);
    }
    FORCED.set(None);
}

/// Numbers of a fixed order, evenly between -1 and 1.
pub(crate) fn noise(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..count).map(next).collect()
}

/// The exponential, the normal share and the density of each number.
struct Curves<'a>(&'a [f32]);

impl Kernel for Curves<'_> {
    type Output = [Vec<f32>; 3];

    #[inline(always)]
    fn run<V: Vector>(self) -> [Vec<f32>; 3] {
        let count = self.0.len();
        let mut out = [vec![0.0; count], vec![0.0; count], vec![0.0; count]];
        sweep!(V, count, |at, lanes| {
            // SAFETY: all are `count` long.
            unsafe {
                let x = V::load(self.0.as_ptr().add(at), lanes);
                let (share, density) = normal(x);
                for (out, curve) in out.iter_mut().zip([exp(x), share, density]) {
                    curve.store(out.as_mut_ptr().add(at), lanes);
                }
            }
        });
        out
    }
}

struct MomentsOf<'a>(&'a [f32]);

impl Kernel for MomentsOf<'_> {
    type Output = [f64; 3];

    #[inline(always)]
    fn run<V: Vector>(self) -> [f64; 3] {
        let moments = moments::<V>(self.0);
        [moments.mean, moments.variance, sum::<V>(self.0)]
    }
}

#[test]
fn the_exponential_is_that_of_f64() {
    let x: Vec<f32> = (-87_000..=88_700).map(|i| i as f32 / 1000.0).collect();
    on_every_isa(|isa| {
        let [exponential, _, _] = run(isa, Curves(&x));
        for (&x, &y) in x.iter().zip(&exponential) {
            let wanted = f64::from(x).exp();
            assert!(
                (f64::from(y) / wanted - 1.0).abs() < 2e-7,
                "{isa:?} {x}: {y}, not {wanted}"
            );
        }
        let [ends, _, _] = run(isa, Curves(&[-1e30, -105.0, 0.0, 90.0, 1e30, f32::NAN]));
        assert_eq!(
            ends[..5],
            [0.0, 0.0, 1.0, f32::INFINITY, f32::INFINITY],
            "{isa:?}"
        );
        assert!(ends[5].is_nan(), "{isa:?}");
    });
}

#[test]
fn the_normal_distribution_is_that_of_f64() {
    let x: Vec<f32> = (-14_000..=14_000).map(|i| i as f32 / 1000.0).collect();
    on_every_isa(|isa| {
        let [_, share, density] = run(isa, Curves(&x));
        for ((&x, &share), &density) in x.iter().zip(&share).zip(&density) {
            let x = f64::from(x);
            let wanted = 0.5 * reference::erfc(-x / std::f64::consts::SQRT_2);
            assert!(
                (f64::from(share) - wanted).abs() < 1e-7,
                "{isa:?} {x}: {share}, not {wanted}"
            );
            let wanted = (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
            assert!(
                (f64::from(density) - wanted).abs() < 1e-7,
                "{isa:?} {x}: {density}"
            );
        }
    });
}

#[test]
fn moments_of_a_large_mean_are_those_of_f64() {
    on_every_isa(|isa| {
        for count in [1, 2, 15, 16, 17, 63, 65, 2048, 2049, 100_003] {
            let x: Vec<f32> = noise(count, 7).iter().map(|x| 1e3 + 1.7 * x).collect();
            let mean = x.iter().map(|&x| f64::from(x)).sum::<f64>() / count as f64;
            let squares = x
                .iter()
                .map(|&x| (f64::from(x) - mean).powi(2))
                .sum::<f64>();
            let variance = squares / count as f64;
            let found = run(isa, MomentsOf(&x));
            assert!(
                (found[0] / mean - 1.0).abs() < 1e-8,
                "{isa:?} {count}: {}",
                found[0]
            );
            let off = (found[1] - variance).abs();
            assert!(
                off <= 1e-6 * variance,
                "{isa:?} {count}: {}, not {variance}",
                found[1]
            );
            assert!(
                (found[2] / (mean * count as f64) - 1.0).abs() < 1e-6,
                "{isa:?} {count}"
            );
        }
    });
}

#[test]
fn one_number_far_off_does_not_spoil_the_variance() {
    let mut x = noise(10_000, 3);
    x[0] = 1e4;
    let mean = x.iter().map(|&x| f64::from(x)).sum::<f64>() / 1e4;
    let variance = x
        .iter()
        .map(|&x| (f64::from(x) - mean).powi(2))
        .sum::<f64>()
        / 1e4;
    on_every_isa(|isa| {
        let found = run(isa, MomentsOf(&x));
        assert!(
            (found[1] / variance - 1.0).abs() < 1e-6,
            "{isa:?} {}, not {variance}",
            found[1]
        );
    });
}
