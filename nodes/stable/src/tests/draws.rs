//! Latents and pictures, from words and from pictures.

use burn::tensor::{Device, Tensor};
use weft_node::{
    Error, Facts, Node, Values,
    value::{AnyValue, Decode, Mask, Seed, Value},
};
use weft_testing::{assert_close, max_error, numbers};

use super::tiny::{context, drawn, empty, picture, sample, tiny};
use crate::{
    BlendLatent, Checkpoint, DecodeLatent, EmptyLatent, EncodeLatent, Latent, LatentFilter,
    LatentUpscale, Sample, StableSampler, StableSchedule,
};

fn decode(found: &Checkpoint, latent: Latent) -> DecodeLatent {
    DecodeLatent {
        vae: found.vae.clone(),
        latent,
        tile: 1024,
        original: None,
        mask: None,
    }
}

fn encode(found: &Checkpoint, height: usize, width: usize, tile: usize) -> Latent {
    let node = EncodeLatent {
        vae: found.vae.clone(),
        image: picture(height, width),
        tile,
    };
    node.run(&mut context()).unwrap()
}

/// White on the right half.
fn half(height: usize, width: usize) -> Mask {
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
        sampler: StableSampler::EulerAncestral,
        ..sample(&found, &found.model)
    };
    let batch = batch.run(&mut context()).unwrap().numbers();
    for nth in 0..2 {
        let alone = Sample {
            seed: Seed(7 + nth),
            sampler: StableSampler::EulerAncestral,
            ..sample(&found, &found.model)
        };
        let alone = alone.run(&mut context()).unwrap().numbers();
        assert_close(&batch.clone().narrow(0, nth as usize, 1), &alone, 1e-3);
    }
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

#[test]
fn every_sampler_and_schedule_draws() {
    let (_root, found) = tiny();
    use StableSampler as S;
    use StableSchedule as W;
    let samplers = [
        S::Euler,
        S::EulerAncestral,
        S::Heun,
        S::Dpm2,
        S::Dpm2Ancestral,
        S::Lms,
        S::Dpmpp2sAncestral,
        S::Dpmpp2m,
        S::Dpmpp2mSde,
        S::Dpmpp3mSde,
        S::DpmppSde,
        S::Ddim,
        S::Ddpm,
        S::UniPc,
        S::Lcm,
        S::Deis,
    ];
    let schedules = [
        W::Cosine,
        W::Karras,
        W::Exponential,
        W::Polyexponential,
        W::Normal,
        W::SgmUniform,
        W::Simple,
        W::DdimUniform,
        W::Beta,
        W::AlignYourSteps,
        W::AlignYourStepsXl,
        W::AlignYourStepsVideo,
    ];
    let of = |sampler, schedule| {
        let node = Sample {
            sampler,
            schedule,
            ..sample(&found, &found.model)
        };
        assert!(
            drawn(node).iter().all(|x| x.is_finite()),
            "{sampler:?}, {schedule:?}"
        );
    };
    for sampler in samplers {
        of(sampler, W::Karras);
    }
    for schedule in schedules {
        of(S::Euler, schedule);
    }
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
    assert!(weft_testing::mean_error(&little, &wanted) < weft_testing::mean_error(&all, &wanted));
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
fn large_pictures_go_through_the_autoencoder_in_tiles() {
    let (_root, found) = tiny();
    let latent = encode(&found, 96, 160, 64);
    assert_eq!(latent.numbers().dims(), [1, 4, 48, 80]);
    let node = DecodeLatent {
        tile: 64,
        ..decode(&found, latent)
    };
    let picture = node.run(&mut context()).unwrap();
    assert_eq!(picture.dims(), [1, 3, 96, 160]);
    assert!(
        numbers(&picture.into_pixels())
            .iter()
            .all(|x| (0.0..=1.0).contains(x))
    );
}

#[test]
fn sides_that_do_not_fit_are_refused_with_those_that_do() {
    let (_root, found) = tiny();
    let node = EncodeLatent {
        vae: found.vae.clone(),
        image: picture(13, 16),
        tile: 1024,
    };
    let message = node.run(&mut context()).unwrap_err().to_string();
    assert!(message.contains("16×12"), "{message}");
    let node = EmptyLatent {
        width: 500,
        height: 512,
        batch: 1,
        vae: None,
    };
    let message = node.run(&mut context()).unwrap_err().to_string();
    assert!(message.contains("take 496 or 504"), "{message}");
}

#[test]
fn latents_are_enlarged_and_keep_their_range() {
    let (_root, found) = tiny();
    let latent = encode(&found, 12, 16, 1024);
    for filter in [
        LatentFilter::Nearest,
        LatentFilter::Area,
        LatentFilter::Bilinear,
        LatentFilter::Bicubic,
    ] {
        let of = |scale| {
            let node = LatentUpscale {
                latent: latent.clone(),
                scale,
                filter,
            };
            node.run(&mut context()).unwrap().numbers()
        };
        assert_eq!(of(2.0).dims(), [1, 4, 12, 16]);
        assert_close(&of(1.0), &latent.numbers(), 1e-4);
    }
}

#[test]
fn blends_lie_between_both_and_follow_a_mask() {
    let (_root, found) = tiny();
    let (first, second) = (encode(&found, 12, 16, 1024), empty(&found, 1));
    let of = |amount, mask| {
        let node = BlendLatent {
            first: first.clone(),
            second: second.clone(),
            amount,
            mask,
        };
        node.run(&mut context()).unwrap().numbers()
    };
    assert_close(&of(0.0, None), &first.numbers(), 1e-6);
    assert_close(&of(1.0, None), &second.numbers(), 1e-6);
    assert_close(&of(0.5, None), &(first.numbers() * 0.5), 1e-6);
    let masked = of(1.0, Some(half(12, 16)));
    let side = |x: &Tensor<4>, from| numbers(&x.clone().narrow(3, from, 4));
    assert_eq!(side(&masked, 0), side(&first.numbers(), 0));
    assert_close(
        &masked.narrow(3, 4, 4),
        &second.numbers().narrow(3, 4, 4),
        1e-6,
    );
}

#[test]
fn latents_are_kept_on_disk_as_they_are() {
    let (_root, found) = tiny();
    let latent = encode(&found, 12, 16, 1024);
    let bytes = latent.encode().unwrap();
    let back = Latent::decode(&mut Decode::new(bytes.as_bytes()), &Device::flex()).unwrap();
    assert_eq!(numbers(&back.numbers()), numbers(&latent.numbers()));
    assert_eq!((back.scale, back.factor), (latent.scale, latent.factor));
    let cut = &bytes.as_bytes()[..40];
    assert!(Latent::decode(&mut Decode::new(cut), &Device::flex()).is_err());
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
