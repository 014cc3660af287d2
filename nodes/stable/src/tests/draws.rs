//! Latents and pictures, from words and from pictures.

use burn::tensor::{Device, Tensor};
use weft_node::{
    Context, Error, Facts, Form, Literal, Node, Values,
    value::{AnyValue, Mask, Seed, Value},
};
use weft_testing::{assert_close, for_each_device, max_error, mean_error, numbers};

use super::tiny::{context, drawn, empty, picture, sample, text, tiny};
use crate::{Checkpoint, DecodeLatent, EncodeLatent, Latent, Sample, Sampler, Schedule};

pub(super) fn decode(found: &Checkpoint, latent: Latent) -> DecodeLatent {
    DecodeLatent {
        vae: found.vae.clone(),
        latent,
        tile: 1024,
        original: None,
        mask: None,
    }
}

pub(super) fn encode(found: &Checkpoint, height: usize, width: usize, tile: usize) -> Latent {
    let node = EncodeLatent {
        vae: found.vae.clone(),
        image: picture(height, width),
        tile,
    };
    node.run(&mut context()).unwrap()
}

/// White on the right half.
pub(super) fn half(height: usize, width: usize) -> Mask {
    let left = Tensor::zeros([1, 1, height, width / 2], &Device::flex());
    Mask::new(Tensor::cat(vec![left.clone(), left + 1.0], 3))
}

#[test]
fn a_picture_is_drawn_alike_for_a_seed_and_otherwise_for_another() {
    let (_root, found) = tiny();
    let of = |seed| {
        let node = Sample {
            seed: Seed(seed),
            ..sample(&found, &found.model)
        };
        let latent = node.run(&mut context()).unwrap();
        let picture = decode(&found, latent).run(&mut context()).unwrap();
        assert_eq!(picture.dims(), [1, 3, 12, 16]);
        numbers(&picture.into_pixels())
    };
    let first = of(7);
    assert!(first.iter().all(|x| (0.0..=1.0).contains(x)));
    assert_eq!(first, of(7));
    assert_ne!(first, of(8));
}

#[test]
fn the_pictures_of_a_batch_are_those_of_the_seeds_that_follow() {
    let (_root, found) = tiny();
    let batch = Sample {
        latent: empty(&found, 2),
        sampler: Sampler::EulerAncestral,
        ..sample(&found, &found.model)
    };
    let batch = batch.run(&mut context()).unwrap().numbers();
    for nth in 0..2 {
        let alone = Sample {
            seed: Seed(7 + nth),
            sampler: Sampler::EulerAncestral,
            ..sample(&found, &found.model)
        };
        let alone = alone.run(&mut context()).unwrap().numbers();
        assert_close(&batch.clone().narrow(0, nth as usize, 1), &alone, 1e-3);
    }
}

#[test]
fn several_jobs_drawn_together_are_the_same_as_each_alone() {
    let (_root, found) = tiny();
    let job = |seed, words, batch| Sample {
        seed: Seed(seed),
        positive: text(&found.encoders, words).unwrap(),
        latent: empty(&found, batch),
        sampler: Sampler::DpmppSde,
        rescale: 0.5,
        ..sample(&found, &found.model)
    };
    let all = || [job(3, "a cat", 2), job(8, "a red house", 2)];
    let [first, second] = all().map(|job| job.batch_key().unwrap());
    assert_eq!(first, second);
    let together = Sample::run_batch(all().map(|job| (job, context())).into());
    let mut seen = Vec::new();
    for (job, latent) in all().into_iter().zip(together) {
        let alone = job.run(&mut context()).unwrap().numbers();
        let latent = latent.unwrap().numbers();
        assert_close(&latent, &alone, 1e-4);
        seen.push(numbers(&latent));
    }
    assert_ne!(seen[0], seen[1]);
}

#[test]
fn jobs_that_cannot_be_drawn_together_have_other_keys() {
    let (_root, found) = tiny();
    let node = || sample(&found, &found.model);
    let plainly = node().batch_key().unwrap();
    let other_seed = Sample {
        seed: Seed(9),
        ..node()
    };
    assert_eq!(other_seed.batch_key(), Some(plainly));
    let long = "a very long story of a cat ".repeat(20);
    for other in [
        Sample { steps: 4, ..node() },
        Sample {
            guidance: 1.0,
            ..node()
        },
        Sample {
            positive: text(&found.encoders, &long).unwrap(),
            ..node()
        },
        Sample {
            latent: empty(&found, 2),
            ..node()
        },
    ] {
        assert_ne!(other.batch_key(), Some(plainly));
    }
    let masked = Sample {
        mask: Some(half(12, 16)),
        ..node()
    };
    assert_eq!(masked.batch_key(), None);
}

#[test]
fn what_fits_none_of_several_jobs_is_told_to_each() {
    let (_root, found) = tiny();
    let lacking = || Sample {
        negative: None,
        ..sample(&found, &found.model)
    };
    let jobs = [lacking(), lacking()].map(|job| (job, context()));
    let told = Sample::run_batch(jobs.into());
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(Result::is_err));
}

#[test]
fn guidance_of_1_wants_nothing_to_lead_away_from() {
    let (_root, found) = tiny();
    let plain = |negative| Sample {
        guidance: 1.0,
        negative,
        ..sample(&found, &found.model)
    };
    let with = sample(&found, &found.model).negative;
    assert_eq!(drawn(plain(None)), drawn(plain(with)));
    let lacking = Sample {
        negative: None,
        ..sample(&found, &found.model)
    };
    let message = lacking.run(&mut context()).unwrap_err().to_string();
    assert!(message.contains("set `guidance` to 1"), "{message}");
}

/// Every word of a choice.
fn every<C: Value>() -> Vec<C> {
    let Form::Choice(words) = C::form() else {
        panic!("{} is no choice", C::TYPE);
    };
    let words = words.into_iter().map(|word| Literal::Name(word.name));
    words.map(|word| C::from_literal(&word).unwrap()).collect()
}

#[test]
fn every_sampler_and_schedule_draws() {
    let (_root, found) = tiny();
    let of = |sampler, schedule| {
        let node = Sample {
            sampler,
            schedule,
            ..sample(&found, &found.model)
        };
        let is_finite = drawn(node).iter().all(|x| x.is_finite());
        assert!(is_finite, "{sampler:?}, {schedule:?}");
    };
    for sampler in every::<Sampler>() {
        of(sampler, Schedule::Karras);
    }
    for schedule in every::<Schedule>() {
        of(Sampler::Euler, schedule);
    }
    assert_eq!(every::<Sampler>().len(), weft_diffusion::SAMPLERS.len());
    assert_eq!(every::<Schedule>().len(), weft_diffusion::SCHEDULES.len());
}

#[test]
fn two_runs_one_after_the_other_are_one() {
    let (_root, found) = tiny();
    let whole = Sample {
        steps: 4,
        ..sample(&found, &found.model)
    };
    let first = Sample {
        steps: 4,
        end: Some(2),
        ..sample(&found, &found.model)
    };
    let second = Sample {
        steps: 4,
        start: 2,
        noise: false,
        latent: first.run(&mut context()).unwrap(),
        ..sample(&found, &found.model)
    };
    let whole = whole.run(&mut context()).unwrap().numbers();
    let second = second.run(&mut context()).unwrap().numbers();
    assert_close(&second, &whole, 1e-3);
}

#[test]
fn with_nothing_to_draw_anew_a_picture_only_goes_through_the_autoencoder() {
    let (_root, found) = tiny();
    let latent = encode(&found, 12, 16, 1024);
    let node = |denoise| Sample {
        denoise,
        latent: latent.clone(),
        ..sample(&found, &found.model)
    };
    let kept = node(0.0).run(&mut context()).unwrap();
    let through = |latent| {
        decode(&found, latent)
            .run(&mut context())
            .unwrap()
            .into_pixels()
    };
    let wanted = through(latent.clone());
    assert_eq!(numbers(&through(kept)), numbers(&wanted));
    let little = through(node(0.1).run(&mut context()).unwrap());
    let all = through(node(1.0).run(&mut context()).unwrap());
    assert!(max_error(&all, &wanted) > 0.01);
    assert!(mean_error(&little, &wanted) < mean_error(&all, &wanted));
}

#[test]
fn what_a_mask_leaves_out_stays_as_it_is() {
    let (_root, found) = tiny();
    let latent = encode(&found, 12, 16, 1024);
    let node = Sample {
        mask: Some(half(12, 16)),
        latent: latent.clone(),
        ..sample(&found, &found.model)
    };
    let painted = node.run(&mut context()).unwrap();
    let left = |x: Tensor<4>| numbers(&x.narrow(3, 0, 4));
    assert_eq!(left(painted.numbers()), left(latent.numbers()));
    assert!(max_error(&painted.numbers(), &latent.numbers()) > 0.1);
    let decoded = DecodeLatent {
        original: Some(picture(12, 16)),
        mask: Some(half(12, 16)),
        ..decode(&found, painted)
    };
    let decoded = decoded.run(&mut context()).unwrap().into_pixels();
    let left = |x: Tensor<4>| numbers(&x.narrow(3, 0, 8));
    assert_eq!(left(decoded), left(picture(12, 16).into_pixels()));
}

#[test]
fn steps_that_end_before_they_begin_are_refused_when_checked() {
    let mut values = Values::default();
    values.put("start", AnyValue::new(8_i64));
    values.put("end", AnyValue::new(2_i64));
    let wrong = Sample::check(&Facts::new(&values)).unwrap_err();
    assert!(matches!(
        wrong,
        Error::Input {
            input: Some("start"),
            ..
        }
    ));
}

#[test]
fn an_adapter_draws_what_the_cpu_draws_though_it_hears_both_sides_in_one_call() {
    let (_root, found) = tiny();
    let wanted = drawn(sample(&found, &found.model));
    for_each_device(|device| {
        let node = sample(&found, &found.model);
        let latent = node.run(&mut Context::detached(device.clone())).unwrap();
        assert_eq!(latent.x.device(), *device);
        let found = numbers(&latent.numbers());
        let apart = found.iter().zip(&wanted).map(|(a, b)| (a - b).abs());
        let largest = wanted.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
        let error = apart.fold(0.0, f32::max) / largest;
        assert!(error < 1e-3, "{error}");
    });
}

#[test]
fn what_is_kept_away_from_may_be_of_another_length() {
    let (_root, found) = tiny();
    let long = "a dog, ".repeat(60);
    let of = |words: &str| Sample {
        negative: Some(text(&found.encoders, words).unwrap()),
        ..sample(&found, &found.model)
    };
    for_each_device(|device| {
        let drawn = |node: Sample| {
            let latent = node.run(&mut Context::detached(device.clone())).unwrap();
            numbers(&latent.numbers())
        };
        let led = drawn(of(&long));
        assert!(led.iter().all(|x| x.is_finite()));
        assert_ne!(led, drawn(of("")));
    });
}

#[test]
fn cfg_plus_plus_is_guidance_that_grows_from_step_to_step() {
    let (_root, found) = tiny();
    for sampler in [Sampler::Euler, Sampler::Ddim] {
        let run = || Sample {
            sampler,
            steps: 4,
            ..sample(&found, &found.model)
        };
        let whole = Sample {
            plus_plus: Some(0.6),
            ..run()
        };
        let levels = found.model.trained.sigmas(Schedule::Karras, 4).unwrap();
        let mut latent = run().latent;
        for step in 0..4 {
            let node = Sample {
                latent,
                start: step,
                end: Some(step + 1),
                noise: step == 0,
                guidance: 0.6 / (1.0 - levels[step + 1] / levels[step]),
                ..run()
            };
            latent = node.run(&mut context()).unwrap();
        }
        let whole = whole.run(&mut context()).unwrap();
        assert_close(&whole.numbers(), &latent.numbers(), 1e-4);
        let plain = run().run(&mut context()).unwrap();
        assert!(max_error(&plain.numbers(), &latent.numbers()) > 0.01);
    }
}

#[test]
fn cfg_plus_plus_is_refused_where_it_does_not_hold() {
    let (_root, found) = tiny();
    let node = Sample {
        plus_plus: Some(0.6),
        sampler: Sampler::Dpmpp2m,
        ..sample(&found, &found.model)
    };
    let error = node.run(&mut context()).err().unwrap().to_string();
    assert!(
        error.contains("`plus_plus`") && error.contains("euler and ddim"),
        "{error}"
    );
    let alone = Sample {
        plus_plus: Some(0.6),
        guidance: 1.0,
        negative: None,
        ..sample(&found, &found.model)
    };
    let error = alone.run(&mut context()).err().unwrap().to_string();
    assert!(error.contains("`negative`"), "{error}");
}
