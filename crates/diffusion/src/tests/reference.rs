//! Samplers against k-diffusion and diffusers, call by call: see tests/fixtures/make.py.

use std::convert::Infallible;

use burn::tensor::{DType, Device, Tensor, TensorData};

use crate::{Denoise, Progress, SAMPLERS, Sampler, sample};

const TRAJECTORIES: &str = include_str!("../../tests/fixtures/trajectories.txt");

/// Lines of a fixture: a word and what follows it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let kept = text.lines().filter(|line| !line.starts_with('#'));
    kept.map(|line| line.split_once(' ').unwrap())
}

pub(super) fn numbers(rest: &str) -> Vec<f64> {
    rest.split(' ').map(|n| n.parse().unwrap()).collect()
}

/// Numbers in double precision.
///
/// # Shapes
/// `[1, 1, 1, width]`
pub(super) fn row(numbers: &[f64]) -> Tensor<4> {
    let data = TensorData::new(numbers.to_vec(), [1, 1, 1, numbers.len()]);
    Tensor::from_data(data, (&Device::flex(), DType::F64))
}

pub(super) fn values(x: &Tensor<4>) -> Vec<f64> {
    x.to_data().convert::<f64>().try_to_vec().unwrap()
}

/// The noise of make.py.
pub(super) fn noise(draw: usize, width: usize) -> Vec<f64> {
    let place = |j: usize| 2.7 * draw as f64 + 5.1 * j as f64 + 0.3;
    (0..width).map(|j| 1.4 * place(j).sin()).collect()
}

/// The denoiser of make.py, which notes what it was asked.
#[derive(Default)]
struct TwoModes {
    asked: Vec<(f64, Vec<f64>)>,
}

impl Denoise for TwoModes {
    type Error = Infallible;

    fn denoised(&mut self, x: Tensor<4>, sigma: f64, _: usize) -> Result<Tensor<4>, Infallible> {
        self.asked.push((sigma, values(&x)));
        let [signal, noise] = [0.09, sigma.powi(2)];
        let whole = signal + noise;
        Ok((x.clone() * signal + (x / whole).tanh() * noise) / whole)
    }

    fn noise(&mut self, like: &Tensor<4>, draw: usize) -> Tensor<4> {
        row(&noise(draw, like.dims()[3])).cast(like.dtype())
    }

    fn finished(&mut self, _: Progress<'_>) -> Result<(), Infallible> {
        Ok(())
    }
}

/// One run of a reference.
struct Run {
    sampler: Sampler,
    source: &'static str,
    sigmas: Vec<f64>,
    asked: Vec<Vec<f64>>,
    end: Vec<f64>,
}

fn runs() -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (word, rest) in lines(TRAJECTORIES) {
        if word == "sampler" {
            let (name, source) = rest.split_once(" # ").unwrap();
            runs.push(Run {
                sampler: Sampler::named(name).unwrap(),
                source,
                sigmas: Vec::new(),
                asked: Vec::new(),
                end: Vec::new(),
            });
            continue;
        }
        let run = runs.last_mut().unwrap();
        match word {
            "sigmas" => run.sigmas = numbers(rest),
            "asked" => run.asked.push(numbers(rest)),
            "end" => run.end = numbers(rest),
            _ => panic!("{word}"),
        }
    }
    runs
}

/// The greatest difference over the greatest number.
pub(super) fn off(found: &[f64], wanted: &[f64]) -> f64 {
    assert_eq!(found.len(), wanted.len());
    assert!(found.iter().all(|n| n.is_finite()), "{found:?}");
    let apart = found.iter().zip(wanted).map(|(a, b)| (a - b).abs());
    let most = wanted.iter().map(|n| n.abs()).fold(0.0, f64::max);
    apart.fold(0.0, f64::max) / most
}

impl Run {
    /// The greatest difference between this run in one precision and the reference, over every call and the end.
    fn off(&self, precision: DType) -> f64 {
        let mut denoiser = TwoModes::default();
        let x = row(&self.asked[0][1..]).cast(precision);
        let end = sample(self.sampler, &mut denoiser, x, &self.sigmas).unwrap();
        assert_eq!(denoiser.asked.len(), self.asked.len(), "{:?}", self.sampler);
        let calls = denoiser.asked.iter().zip(&self.asked);
        calls
            .map(|((sigma, x), wanted)| {
                let level = (sigma / wanted[0] - 1.0).abs();
                level.max(off(x, &wanted[1..]))
            })
            .fold(off(&values(&end), &self.end), f64::max)
    }
}

#[test]
fn every_sampler_has_a_reference_on_two_sets_of_levels() {
    let runs = runs();
    for row in SAMPLERS {
        let count = runs.iter().filter(|run| run.sampler == row.sampler);
        assert!(count.count() >= 2, "{}", row.name);
    }
}

#[test]
fn every_sampler_asks_and_ends_where_the_reference_does() {
    // As many digits as the fixture has, and those that single precision has.
    for (precision, most) in [(DType::F64, 1e-9), (DType::F32, 1e-5)] {
        for run in runs() {
            let off = run.off(precision);
            let name = format!("{:?} against {} in {precision:?}", run.sampler, run.source);
            assert!(off < most, "{name} is {off} off");
        }
    }
}
