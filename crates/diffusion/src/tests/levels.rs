//! Schedules against k-diffusion, diffusers and ComfyUI: see tests/fixtures/make.py.

use std::f64::consts::FRAC_PI_2;

use super::reference::{lines, numbers, off};
use crate::{SCHEDULES, Schedule, SigmasError, Trained, karras, polyexponential, sigmas};

const LEVELS: &str = include_str!("../../tests/fixtures/levels.txt");

/// The numbers of the first line of that word.
fn first(word: &str) -> Vec<f64> {
    let mut found = lines(LEVELS).filter(|line| line.0 == word);
    numbers(found.next().unwrap().1)
}

#[test]
fn every_schedule_is_that_of_the_reference() {
    let trained = Trained::stable_diffusion();
    let mut compared = Vec::new();
    for (name, rest) in lines(LEVELS) {
        let Some(schedule) = Schedule::named(name) else {
            continue;
        };
        let wanted = numbers(rest);
        let found = trained.sigmas(schedule, wanted.len() - 1).unwrap();
        // Single precision there.
        for (found, wanted) in found.iter().zip(&wanted) {
            let apart = (found - wanted).abs();
            assert!(apart <= 1e-5 * wanted, "{name}: {found} is not {wanted}");
        }
        assert_eq!(found.len(), wanted.len());
        compared.push(schedule);
    }
    for row in SCHEDULES {
        let here = compared.contains(&row.schedule) || row.schedule == Schedule::Cosine;
        assert!(here, "{} has no reference", row.name);
    }
}

#[test]
fn training_time_and_sigma_are_those_of_the_reference() {
    let trained = Trained::stable_diffusion();
    let every: Vec<f64> = trained.levels().iter().copied().step_by(111).collect();
    assert!(off(&every, &first("table")) < 1e-9);
    for (time, sigma) in first("times").into_iter().zip(first("sigmas")) {
        // Single precision there.
        assert!((trained.sigma(time) / sigma - 1.0).abs() < 1e-6);
        assert!((trained.time(trained.sigma(time)) - time).abs() < 1e-9);
    }
    assert_eq!(trained.time(1e-9), 0.0);
    assert_eq!(trained.time(1e9), 999.0);
    for (time, end) in [(5000.0, 0), (-1.0, 1)] {
        assert!((trained.sigma(time) / trained.bounds()[end] - 1.0).abs() < 1e-12);
    }
}

#[test]
fn every_schedule_falls_strictly_in_every_number_of_steps() {
    let trained = Trained::stable_diffusion();
    for row in SCHEDULES {
        for steps in (1..=60).chain([97, 333, 500, 501, 640, 999, 1000]) {
            let levels = trained.sigmas(row.schedule, steps).unwrap();
            assert_eq!(levels.len(), steps + 1, "{}", row.name);
            assert_eq!(levels[steps], 0.0);
            let falls = levels.windows(2).all(|pair| pair[0] > pair[1]);
            assert!(falls, "{} does not fall in {steps} steps", row.name);
        }
    }
}

#[test]
fn every_name_finds_its_row() {
    for row in SCHEDULES {
        assert_eq!(Schedule::named(row.name), Some(row.schedule));
        assert_eq!(row.schedule.name(), row.name);
    }
    for row in crate::SAMPLERS {
        assert_eq!(crate::Sampler::named(row.name), Some(row.sampler));
        assert_eq!(row.sampler.name(), row.name);
    }
    assert_eq!(Schedule::named("none"), None);
}

#[test]
fn bounds_alone_make_the_schedules_made_of_bounds() {
    for row in SCHEDULES {
        let found = sigmas(row.schedule, 9, [14.0, 0.03]);
        let wanted = if row.needs_training() {
            Err(SigmasError::Untrained(row.name))
        } else {
            Ok(10)
        };
        assert_eq!(found.map(|levels| levels.len()), wanted);
    }
}

#[test]
fn the_shipped_cosine_levels_keep_their_bits() {
    for steps in [1, 2, 25, 256] {
        let [most, least] = [80.0_f64, 0.01];
        let time = |sigma: f64| sigma.atan() / FRAC_PI_2;
        let (from, to) = (time(most), time(least));
        let share = |i: usize| i as f64 / (steps.max(2) - 1) as f64;
        let mut wanted: Vec<f64> = (0..steps)
            .map(|i| ((from + (to - from) * share(i)) * FRAC_PI_2).tan())
            .collect();
        wanted[0] = most;
        wanted.push(0.0);
        assert_eq!(sigmas(Schedule::Cosine, steps, [most, least]), Ok(wanted));
    }
}

#[test]
fn rho_bends_levels_to_the_lesser_ones() {
    let bounds = [14.0, 0.03];
    let of_seven = karras(6, bounds, 7.0);
    let table = sigmas(Schedule::Karras, 6, bounds).unwrap();
    assert!(off(&of_seven, &table[..6]) < 1e-12);
    let [straight, bent] = [1.0, 2.0].map(|rho| polyexponential(5, bounds, rho));
    assert_eq!((straight[0], bent[0]), (14.0, 14.0));
    assert!((bent[4] - 0.03).abs() < 1e-12);
    // Half way, squared, is a quarter of the way up.
    let quarter = 0.03_f64.powf(0.75) * 14.0_f64.powf(0.25);
    assert!((bent[2] - quarter).abs() < 1e-12);
}

#[test]
fn training_that_is_none_is_refused() {
    for levels in [
        vec![],
        vec![1.0],
        vec![2.0, 1.0],
        vec![0.0, 1.0],
        vec![f64::NAN, 1.0],
    ] {
        assert_eq!(Trained::new(levels), Err(SigmasError::Training));
    }
    assert_eq!(Trained::of_betas([0.1, 1.0]), Err(SigmasError::Training));
    assert_eq!(Trained::linear([0.1, 0.2], 1), Err(SigmasError::Training));
    let few = Trained::scaled_linear([0.00085, 0.012], 10).unwrap();
    assert_eq!(
        few.sigmas(Schedule::Simple, 11),
        Err(SigmasError::Crowded {
            steps: 11,
            levels: 10
        })
    );
    assert_eq!(
        few.sigmas(Schedule::Karras, 11).map(|levels| levels.len()),
        Ok(12)
    );
    assert_eq!(few.sigmas(Schedule::Beta, 0), Err(SigmasError::Steps(0)));
}

#[test]
fn linear_betas_are_those_of_the_first_paper() {
    let trained = Trained::linear([1e-4, 0.02], 1000).unwrap();
    // The last share of clean data is 4.04e-5 (Ho et al. 2020 have it destroyed to 4e-5).
    let sigma = trained.bounds()[0];
    assert!((1.0 / (1.0 + sigma * sigma) / 4.036e-5 - 1.0).abs() < 1e-3);
}
