//! Formulas of guidance: against diffusers (tests/fixtures/make.py), and against their papers' steps done by hand.

use burn::tensor::Tensor;

use super::reference::{lines, noise, numbers, off, row, values};
use crate::guidance::{
    classifier_free, perturbed_attention, plus_plus, rescaled, thresholded, within,
};

const GUIDANCE: &str = include_str!("../../tests/fixtures/guidance.txt");

/// Two samples, the second a half higher.
fn two(draw: usize) -> Tensor<4> {
    let samples = vec![row(&noise(draw, 6)), row(&noise(draw + 1, 6)) + 0.5];
    Tensor::cat(samples, 0)
}

#[test]
fn rescaling_and_thresholding_are_those_of_the_reference() {
    let [cond, guided] = [two(0), two(2) * 3.0];
    for (word, rest) in lines(GUIDANCE) {
        let wanted = numbers(rest);
        let (found, wanted) = match word {
            "rescaled" => (rescaled(guided.clone(), cond.clone(), 0.7), &wanted[..]),
            "thresholded" => {
                let found = thresholded(guided.clone(), wanted[0], wanted[1]);
                (found, &wanted[2..])
            }
            _ => panic!("{word}"),
        };
        // Single precision there.
        assert!(off(&values(&found), wanted) < 1e-6, "{word}");
    }
}

#[test]
fn rescaling_wholly_gives_each_sample_the_deviation_of_cond() {
    let [cond, guided] = [two(0), two(2) * 3.0];
    let same = rescaled(guided.clone(), cond.clone(), 0.0);
    assert!(off(&values(&same), &values(&guided)) < 1e-12);
    let deviation = |x: Tensor<4>| values(&x.flatten::<2>(1, 3).var(1).sqrt().unsqueeze());
    let found = deviation(rescaled(guided, cond.clone(), 1.0));
    assert!(off(&found, &deviation(cond)) < 1e-12);
}

#[test]
fn thresholding_leaves_what_is_in_range() {
    let small = row(&[-1.0, -0.5, 0.0, 0.25, 1.0]);
    let found = thresholded(small.clone(), 0.995, 5.0);
    assert_eq!(values(&found), values(&small));
}

#[test]
fn weights_of_zero_and_one_choose_an_output() {
    let [cond, uncond] = [row(&[1.0, 2.0]), row(&[0.5, -3.0])];
    for (weight, wanted) in [(0.0, &uncond), (1.0, &cond)] {
        let found = classifier_free(cond.clone(), uncond.clone(), weight);
        assert_eq!(values(&found), values(wanted));
    }
    let found = classifier_free(cond.clone(), uncond.clone(), 3.0);
    assert_eq!(values(&found), [2.0, 12.0]);
    let found = perturbed_attention(found, cond, uncond, 2.0);
    assert_eq!(values(&found), [3.0, 22.0]);
}

#[test]
fn the_weight_of_cfg_plus_plus_makes_its_step() {
    let [x, cond, uncond] = [0, 1, 2].map(|draw| row(&noise(draw, 6)));
    for [from, to] in [[3.0, 2.0], [0.7, 0.1], [0.3, 0.0]] {
        let weight = plus_plus(0.6, [from, to]);
        let guided = classifier_free(cond.clone(), uncond.clone(), weight);
        let found = guided.clone() + (x.clone() - guided) * (to / from);
        let clean = classifier_free(cond.clone(), uncond.clone(), 0.6);
        let wanted = clean + (x.clone() - uncond.clone()) * (to / from);
        assert!(off(&values(&found), &values(&wanted)) < 1e-12);
    }
}

#[test]
fn guidance_rests_outside_its_interval() {
    let weights = [0.2, 0.3, 1.0, 5.0, 5.1].map(|sigma| within(7.5, sigma, [0.2, 5.0]));
    assert_eq!(weights, [1.0, 7.5, 7.5, 7.5, 1.0]);
}
