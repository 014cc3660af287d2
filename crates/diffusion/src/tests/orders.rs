//! The order of each sampler on normal data, where the flow is known, and the law of what a sampler with noise draws.

use std::convert::Infallible;

use burn::tensor::Tensor;

use super::reference::{row, values};
use crate::{Denoise, Progress, SAMPLERS, Sampler, sample};

const MEAN: f64 = 0.5;
const DEVIATION: f64 = 0.7;

/// The best denoiser, or the exact consistency function, of the data. Noise number `k` is 1 in column `k` alone, so
/// that a column ends as the weight of its noise in the sum that every sampler makes of them.
struct Columns {
    consistent: bool,
}

impl Denoise for Columns {
    type Error = Infallible;

    fn denoised(&mut self, x: Tensor<4>, sigma: f64, _: usize) -> Result<Tensor<4>, Infallible> {
        let kept = DEVIATION / DEVIATION.hypot(sigma);
        let kept = if self.consistent { kept } else { kept * kept };
        Ok((x - MEAN) * kept + MEAN)
    }

    fn noise(&mut self, like: &Tensor<4>, draw: usize) -> Tensor<4> {
        let mut columns = vec![0.0; like.dims()[3]];
        columns[draw + 2] = 1.0;
        row(&columns)
    }

    fn finished(&mut self, _: Progress<'_>) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Even steps of `log σ`.
fn levels(steps: usize, [from, to]: [f64; 2]) -> Vec<f64> {
    let share = |i: usize| i as f64 / steps as f64;
    (0..=steps)
        .map(|i| from.powf(1.0 - share(i)) * to.powf(share(i)))
        .collect()
}

/// How far the law of what comes out, a mean and a deviation, is from that of the data at the last level.
fn off(sampler: Sampler, sigmas: &[f64], consistent: bool) -> f64 {
    let [from, to] = [sigmas[0], sigmas[sigmas.len() - 1]].map(|sigma| DEVIATION.hypot(sigma));
    // The mean, one deviation above it, and the mean again for each draw of noise.
    let mut x = vec![MEAN; 2 * sigmas.len() + 2];
    x[1] += from;
    let end = sample(sampler, &mut Columns { consistent }, row(&x), sigmas).unwrap();
    let end = values(&end);
    let variance: f64 = end[1..].iter().map(|x| (x - end[0]).powi(2)).sum();
    (end[0] - MEAN).abs().max((variance.sqrt() - to).abs())
}

/// The order in the step of `log σ`, or σ for LMS, which is the same on these levels.
const ORDERS: &[(Sampler, f64)] = &[
    (Sampler::Euler, 1.0),
    (Sampler::EulerAncestral, 1.0),
    (Sampler::Heun, 2.0),
    (Sampler::Dpm2, 2.0),
    (Sampler::Dpm2Ancestral, 2.0),
    (Sampler::Lms, 4.0),
    (Sampler::Dpmpp2sAncestral, 2.0),
    (Sampler::Dpmpp2m, 2.0),
    (Sampler::Dpmpp2mSde, 2.0),
    // Not 3: the curvature has half its weight, here as in k-diffusion.
    (Sampler::Dpmpp3mSde, 2.0),
    (Sampler::DpmppSde, 2.0),
    (Sampler::Ddim, 1.0),
    (Sampler::Ddpm, 1.0),
    // The corrector is one order above the predictor.
    (Sampler::UniPc, 3.0),
    (Sampler::Deis, 3.0),
];

#[test]
fn half_the_step_divides_the_error_by_two_to_the_order() {
    // From where data are nothing against noise, so that first steps, which know less, cost nothing.
    let [coarse, fine] = [320, 640].map(|steps| levels(steps, [1e3, 1.0]));
    for row in SAMPLERS.iter().filter(|row| row.sampler != Sampler::Lcm) {
        let known = ORDERS.iter().find(|(sampler, _)| *sampler == row.sampler);
        let (sampler, order) = *known.unwrap_or_else(|| panic!("{} has no order", row.name));
        let [coarse, fine] = [&coarse, &fine].map(|levels| off(sampler, levels, false));
        let found = (coarse / fine).log2();
        assert!(
            (found - order).abs() < 0.1,
            "{sampler:?} has order {found}: {coarse} then {fine}"
        );
    }
}

#[test]
fn a_consistency_function_draws_the_data_in_any_number_of_steps() {
    for steps in 1..=8 {
        let mut sigmas = levels(steps, [80.0, 0.1]);
        sigmas[steps] = 0.0;
        assert!(off(Sampler::Lcm, &sigmas, true) < 1e-12, "{steps} steps");
        assert!(off(Sampler::Lcm, &sigmas, false) > 1e-3, "{steps} steps");
    }
}

#[test]
fn one_step_ends_at_the_clean_latent() {
    let x = row(&[-9.0, 0.0, 4.0, 12.0]);
    let mut data = Columns { consistent: false };
    let wanted = values(&data.denoised(x.clone(), 10.0, 0).unwrap());
    for known in SAMPLERS {
        let found = sample(known.sampler, &mut data, x.clone(), &[10.0, 0.0]).unwrap();
        for (found, wanted) in values(&found).iter().zip(&wanted) {
            assert!((found - wanted).abs() < 1e-12, "{}", known.name);
        }
    }
}

#[test]
fn a_sampler_calls_and_draws_as_its_row_says() {
    for row in SAMPLERS {
        let mut asked = Count::default();
        let mut sigmas = levels(10, [10.0, 0.1]);
        sigmas[10] = 0.0;
        sample(
            row.sampler,
            &mut asked,
            super::reference::row(&[1.0]),
            &sigmas,
        )
        .unwrap();
        assert_eq!(asked.calls, 9 * row.calls + 1, "{}", row.name);
        assert_eq!(!asked.draws.is_empty(), row.noise, "{}", row.name);
        assert_eq!(asked.finished, (1..=10).collect::<Vec<_>>(), "{}", row.name);
        let rising = asked.draws.windows(2).all(|pair| pair[0] < pair[1]);
        assert!(rising, "{} draws twice the same", row.name);
    }
}

/// Counts what it is asked.
#[derive(Default)]
struct Count {
    calls: usize,
    draws: Vec<usize>,
    finished: Vec<usize>,
}

impl Denoise for Count {
    type Error = Infallible;

    fn denoised(&mut self, x: Tensor<4>, _: f64, _: usize) -> Result<Tensor<4>, Infallible> {
        self.calls += 1;
        Ok(x)
    }

    fn noise(&mut self, like: &Tensor<4>, draw: usize) -> Tensor<4> {
        self.draws.push(draw);
        like.clone()
    }

    fn finished(&mut self, progress: Progress<'_>) -> Result<(), Infallible> {
        self.finished.push(progress.done);
        Ok(())
    }
}
