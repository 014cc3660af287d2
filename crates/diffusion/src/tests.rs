//! What samplers and levels owe to mathematics; the data are normal, so the best denoiser is known.

mod guidance;
mod levels;
mod orders;
mod reference;

use std::convert::Infallible;

use burn::tensor::{Device, Tensor, TensorData};

use crate::{
    Denoise, Guidance, Prediction, Progress, Sampler, Schedule, SigmasError, VpPoint, sample,
    sigmas,
};

/// The best denoiser of data with mean `mean` and deviation `deviation`.
struct Gaussian {
    mean: f64,
    deviation: f64,
    calls: usize,
    noise: u64,
}

impl Gaussian {
    fn new(mean: f64, deviation: f64) -> Self {
        Self {
            mean,
            deviation,
            calls: 0,
            noise: 1,
        }
    }
}

impl Denoise for Gaussian {
    type Error = Infallible;

    fn denoised(&mut self, x: Tensor<4>, sigma: f64, _: usize) -> Result<Tensor<4>, Infallible> {
        self.calls += 1;
        let [signal, noise] = [self.deviation.powi(2), sigma.powi(2)];
        Ok((x * signal + self.mean * noise) / (signal + noise))
    }

    fn noise(&mut self, like: &Tensor<4>, _: usize) -> Tensor<4> {
        self.noise += 1;
        normal(like.dims(), self.noise)
    }

    fn finished(&mut self, progress: Progress<'_>) -> Result<(), Infallible> {
        assert!(progress.done <= progress.total);
        Ok(())
    }
}

/// Normal numbers from a linear congruential generator: enough for statistics.
fn normal(shape: [usize; 4], seed: u64) -> Tensor<4> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut unit = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as f64 + 0.5) / (1u64 << 31) as f64
    };
    let count = shape.iter().product();
    let numbers: Vec<f32> = (0..count)
        .map(|_| ((-2.0 * unit().ln()).sqrt() * (std::f64::consts::TAU * unit()).cos()) as f32)
        .collect();
    Tensor::from_data(TensorData::new(numbers, shape), &Device::flex())
}

/// Where the exact flow takes `x` from level `sigma` to 0: the deviation shrinks, the place in it stays.
fn exact(x: &Tensor<4>, sigma: f64, [mean, deviation]: [f64; 2]) -> Tensor<4> {
    (x.clone() - mean) * (deviation / deviation.hypot(sigma)) + mean
}

fn worst(a: Tensor<4>, b: Tensor<4>) -> f64 {
    (a - b).abs().max().into_scalar::<f32>().into()
}

fn error_of(sampler: Sampler, steps: usize) -> f64 {
    let levels = sigmas(Schedule::Karras, steps, [40.0, 0.01]).unwrap();
    let x = normal([1, 1, 8, 8], 7) * 40.0;
    let truth = exact(&x, 40.0, [0.5, 0.7]);
    let found = sample(sampler, &mut Gaussian::new(0.5, 0.7), x, &levels).unwrap();
    worst(found, truth)
}

#[test]
fn samplers_without_noise_converge_with_their_order() {
    for (sampler, order) in [
        (Sampler::Euler, 1),
        (Sampler::Heun, 2),
        (Sampler::Dpmpp2m, 2),
    ] {
        let [coarse, fine] = [error_of(sampler, 40), error_of(sampler, 80)];
        let found = (coarse / fine).log2();
        assert!(
            found > f64::from(order) - 0.35,
            "{sampler:?} has order {found}: {coarse} then {fine}"
        );
        assert!(fine < 0.05, "{sampler:?} is {fine} off");
    }
}

#[test]
fn samplers_with_noise_draw_the_data() {
    for sampler in [Sampler::EulerAncestral, Sampler::Ddpm] {
        let levels = sigmas(Schedule::Karras, 200, [40.0, 0.01]).unwrap();
        let x = normal([1, 1, 128, 128], 3) * 40.0;
        let found = sample(sampler, &mut Gaussian::new(0.5, 0.7), x, &levels).unwrap();
        let mean: f64 = found.clone().mean().into_scalar::<f32>().into();
        let deviation: f64 = (found - mean)
            .powf_scalar(2.0)
            .mean()
            .sqrt()
            .into_scalar::<f32>()
            .into();
        assert!((mean - 0.5).abs() < 0.03, "{sampler:?}: mean {mean}");
        assert!(
            (deviation - 0.7).abs() < 0.03,
            "{sampler:?}: deviation {deviation}"
        );
    }
}

#[test]
fn heun_calls_twice_a_step_but_at_the_last() {
    let levels = sigmas(Schedule::Cosine, 10, [80.0, 0.01]).unwrap();
    let mut denoiser = Gaussian::new(0.0, 1.0);
    sample(
        Sampler::Heun,
        &mut denoiser,
        normal([1, 1, 2, 2], 1),
        &levels,
    )
    .unwrap();
    assert_eq!(denoiser.calls, 19);
}

#[test]
fn levels_fall_from_the_greatest_to_nothing() {
    for schedule in [Schedule::Cosine, Schedule::Karras, Schedule::Exponential] {
        for steps in [1, 2, 3, 25, 1000] {
            let levels = sigmas(schedule, steps, [80.0, 0.01]).unwrap();
            assert_eq!(levels.len(), steps + 1);
            assert_eq!((levels[0], levels[steps]), (80.0, 0.0));
            assert!(
                levels.windows(2).all(|pair| pair[0] > pair[1]),
                "{schedule:?} {steps}"
            );
            assert!(steps == 1 || (levels[steps - 1] - 0.01).abs() < 1e-9);
        }
    }
}

#[test]
fn impossible_levels_are_refused() {
    assert_eq!(
        sigmas(Schedule::Cosine, 0, [80.0, 0.01]),
        Err(SigmasError::Steps(0))
    );
    assert_eq!(
        sigmas(Schedule::Cosine, 5, [1.0, 2.0]),
        Err(SigmasError::Bounds(1.0, 2.0))
    );
    assert!(sigmas(Schedule::Cosine, 5, [f64::NAN, 0.1]).is_err());
}

#[test]
fn every_prediction_means_the_same_clean_latent() {
    let at = VpPoint::of_cosine_time(0.3);
    let [clean, noise] = [normal([2, 3, 4, 5], 1), normal([2, 3, 4, 5], 2)];
    let noisy = clean.clone() * at.alpha + noise.clone() * at.spread;
    let shares =
        [at.alpha, at.spread].map(|share| Tensor::full([2, 1, 1, 1], share, &Device::flex()));
    for prediction in [
        Prediction::Eps,
        Prediction::V,
        Prediction::X0,
        Prediction::Flow,
    ] {
        let output = prediction.target(clean.clone(), noise.clone(), shares.clone());
        assert!(
            worst(prediction.clean(output, noisy.clone(), at), clean.clone()) < 1e-5,
            "{prediction:?}"
        );
    }
}

#[test]
fn time_and_sigma_name_the_same_place() {
    for time in [0.01, 0.25, 0.5, 0.9] {
        let at = VpPoint::of_cosine_time(time);
        let again = VpPoint::of_sigma(at.sigma());
        assert!((again.cosine_time() - time).abs() < 1e-12);
        assert!((at.alpha.hypot(at.spread) - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_flow_and_a_process_of_one_sigma_are_one_latent_in_two_sizes() {
    let at = VpPoint::of_flow_time(0.3);
    assert!((at.sigma() - 3.0 / 7.0).abs() < 1e-12);
    assert!((VpPoint::of_sigma(at.sigma()).flow_time() - 0.3).abs() < 1e-12);
    let [clean, noise] = [normal([1, 1, 4, 4], 1), normal([1, 1, 4, 4], 2)];
    let noisy = clean.clone() * at.alpha + noise.clone() * at.spread;
    let found = Prediction::Flow.clean(noise - clean.clone(), noisy, at);
    assert!(worst(found, clean) < 1e-5);
}

#[test]
fn guidance_sums_to_one_and_zero_ignores_the_instruction() {
    let guidance = Guidance {
        text: 5.0,
        context: 2.0,
        ..Guidance::default()
    };
    let sum = guidance.at(0, 0.5, true);
    assert_eq!(sum.nothing + sum.text + sum.full, 1.0);
    assert_eq!((sum.nothing, sum.text, sum.full), (-4.0, 3.0, 2.0));
    let none = Guidance {
        text: 0.0,
        context: 0.0,
        interval: [0.4, 0.6],
        oscillate: true,
    };
    for (step, time) in [(0, 0.5), (1, 0.5), (1, 0.9)] {
        assert_eq!(none.at(step, time, true).nothing, 1.0);
    }
}

#[test]
fn the_papers_guidance_takes_384_calls_in_256_steps() {
    let guidance = Guidance {
        text: 25.0,
        context: 25.0,
        oscillate: true,
        ..Guidance::default()
    };
    let calls: usize = (0..256)
        .map(|step| {
            let sum = guidance.at(step, 0.5, true);
            [sum.nothing, sum.text, sum.full]
                .iter()
                .filter(|weight| **weight != 0.0)
                .count()
        })
        .sum();
    assert_eq!(calls, 384);
    assert_eq!(guidance.at(0, 0.5, true).full, 25.0);
    assert_eq!(guidance.at(1, 0.5, true).full, 1.0);
}
