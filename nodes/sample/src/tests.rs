//! The nodes as a host sees them, mostly on small networks that are made here.

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor, TensorData};
use weft_diffusion::SAMPLERS;
use weft_models::{
    Network,
    autoencoder::{self, Autoencoder},
    instruct::{self, Instruct},
    parameters::Numbers,
};
use weft_node::{
    Context, Error, Facts, Node, Result, Values,
    value::{
        AnyValue, File, Image, Instruction, Seed,
        instruction::{Reference, marker},
    },
};
use weft_tensor::Precision;
use weft_testing::{assert_close, max_error, numbers};

use crate::{
    InstructModel, LoadInstructModel, PACK, SampleInstruct, Sampler, Sigmas, reference::square,
};

fn context() -> Context {
    Context::detached(Device::flex())
}

/// Writes a small U-Net and a small autoencoder of so many channels of latents.
fn written(folder: &Path, channels: [usize; 2]) -> [PathBuf; 2] {
    let device = Device::flex();
    let config = instruct::Config {
        channels: channels[0],
        widths: vec![16, 32],
        attends: vec![false, true],
        head: 16,
        groups: 8,
        ..instruct::Config::default()
    };
    let net = Instruct::new(&config, 1, &device, Precision::F32).unwrap();
    let config = autoencoder::Config {
        channels: channels[1],
        widths: vec![8, 8, 8, 8],
        blocks: vec![1, 1, 1, 1],
        groups: 4,
    };
    let other = Autoencoder::new(&config, 2, &device, Precision::F32).unwrap();
    let paths = ["net.safetensors", "autoencoder.safetensors"].map(|name| folder.join(name));
    net.write(&paths[0], Numbers::F16).unwrap();
    other.write(&paths[1], Numbers::F16).unwrap();
    paths
}

fn load([model, autoencoder]: &[PathBuf; 2]) -> Result<InstructModel> {
    let node = LoadInstructModel {
        model: Some(File::open(model).unwrap()),
        autoencoder: Some(File::open(autoencoder).unwrap()),
    };
    node.run(&mut context())
}

fn small() -> InstructModel {
    let folder = tempfile::tempdir().unwrap();
    load(&written(folder.path(), [4, 4])).unwrap()
}

fn node(model: &InstructModel, instruction: Instruction) -> SampleInstruct {
    SampleInstruct {
        instruction,
        model: Some(model.clone()),
        seed: Seed(7),
        steps: 2,
        guidance: 3.0,
        context_guidance: 2.0,
        negative: String::new(),
        guidance_from: 0.0,
        guidance_to: 1.0,
        oscillate: false,
        sampler: Sampler::Dpmpp2m,
        sigmas: Sigmas::Cosine,
    }
}

fn plain(text: &str) -> Instruction {
    Instruction::new(text, Vec::new()).unwrap()
}

fn styled(level: f32) -> Instruction {
    let reference = Reference {
        marker: 1,
        text: "style".to_owned(),
        image: Image::new(Tensor::full([1, 3, 40, 20], level, &Device::flex())),
    };
    Instruction::new(format!("a car in {}", marker(1)), vec![reference]).unwrap()
}

fn drawn(node: SampleInstruct) -> Vec<f32> {
    numbers(&node.run(&mut context()).unwrap().into_pixels())
}

#[test]
fn a_picture_is_drawn_alike_for_a_seed_and_otherwise_for_another() {
    let model = small();
    let of = |seed| {
        drawn(SampleInstruct {
            seed: Seed(seed),
            ..node(&model, plain("a red apple"))
        })
    };
    let first = of(7);
    assert_eq!(first.len(), 3 * 128 * 128);
    assert!(first.iter().all(|x| (0.0..=1.0).contains(x)));
    assert_eq!(first, of(7));
    assert_ne!(first, of(8));
}

#[test]
fn several_drawn_together_are_the_same_as_each_alone() {
    let model = small();
    let job = |seed: u64, text: &str| SampleInstruct {
        seed: Seed(seed),
        steps: 3,
        ..node(&model, plain(text))
    };
    let texts = ["a red apple", "a green car", "a house"];
    let jobs: Vec<_> = (0u64..)
        .zip(texts)
        .map(|(seed, text)| (job(seed, text), context()))
        .collect();
    let keys: Vec<_> = jobs.iter().map(|(job, _)| job.batch_key()).collect();
    assert!(keys.iter().all(|key| key.is_some() && *key == keys[0]));
    let together = SampleInstruct::run_batch(jobs);
    for ((seed, text), image) in (0u64..).zip(texts).zip(together) {
        let alone = job(seed, text).run(&mut context()).unwrap();
        assert_close(&image.unwrap().into_pixels(), &alone.into_pixels(), 1e-4);
    }
}

#[test]
fn jobs_that_cannot_be_drawn_together_have_other_keys() {
    let model = small();
    let key = |node: SampleInstruct| node.batch_key().unwrap();
    let plainly = key(node(&model, plain("a car")));
    assert_eq!(plainly, key(node(&model, plain("a house"))));
    assert_ne!(plainly, key(node(&model, styled(0.5))));
    let longer = SampleInstruct {
        steps: 3,
        ..node(&model, plain("a car"))
    };
    assert_ne!(plainly, key(longer));
}

#[test]
fn one_text_too_long_fails_alone() {
    let model = small();
    let long = "very ".repeat(200) + "long";
    let jobs = ["a car", &long, "a house"].map(|text| (node(&model, plain(text)), context()));
    let drawn = SampleInstruct::run_batch(jobs.into());
    let good: Vec<bool> = drawn.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, false, true]);
}

#[test]
fn without_any_guidance_the_instruction_is_ignored() {
    let model = small();
    let of = |instruction| {
        drawn(SampleInstruct {
            guidance: 0.0,
            context_guidance: 0.0,
            ..node(&model, instruction)
        })
    };
    assert_eq!(of(plain("a red apple")), of(styled(0.3)));
}

#[test]
fn every_sampler_and_every_spread_draws_its_own_picture() {
    let model = small();
    let mut seen: Vec<Vec<f32>> = Vec::new();
    let ordinary = SAMPLERS.iter().map(|row| row.sampler);
    let ordinary = ordinary.filter(|sampler| *sampler != Sampler::Lcm);
    let mut ways: Vec<_> = ordinary.map(|sampler| (sampler, Sigmas::Cosine)).collect();
    ways.push((Sampler::Euler, Sigmas::Karras));
    ways.push((Sampler::EulerAncestral, Sigmas::Exponential));
    for (sampler, sigmas) in ways {
        let pixels = drawn(SampleInstruct {
            sampler,
            sigmas,
            steps: 4,
            ..node(&model, styled(0.5))
        });
        assert!(pixels.iter().all(|x| x.is_finite()), "{sampler:?}");
        // DDIM and Euler are one formula, and so are DDPM and Euler with fresh noise.
        let is_twin = matches!(sampler, Sampler::Ddim | Sampler::Ddpm);
        assert!(
            is_twin || !seen.contains(&pixels),
            "{sampler:?}, {sigmas:?}"
        );
        seen.push(pixels);
    }
    assert_eq!(seen.len(), SAMPLERS.len() + 1);
}

#[test]
fn the_sampler_for_consistency_models_is_refused_when_checked() {
    let mut values = Values::default();
    values.put("sampler", AnyValue::new(Sampler::Lcm));
    let wrong = SampleInstruct::check(&Facts::new(&values)).unwrap_err();
    assert!(wrong.to_string().contains("take `Dpmpp2m`"), "{wrong}");
    values.put("sampler", AnyValue::new(Sampler::Deis));
    SampleInstruct::check(&Facts::new(&values)).unwrap();
}

#[test]
fn a_reference_of_any_shape_stands_in_the_middle_of_white() {
    let device = Device::flex();
    let wide = Image::new(Tensor::zeros([1, 3, 20, 40], &device));
    let found = square(&wide, 8, &device);
    let ink = |row: i32| if (2..6).contains(&row) { -1.0 } else { 1.0 };
    let wanted: Vec<f32> = (0..3 * 64).map(|i| ink(i / 8 % 8)).collect();
    let wanted = Tensor::from_data(TensorData::new(wanted, [1, 3, 8, 8]), &device);
    assert_close(&found, &wanted, 1e-5);
    let clear = Image::new(Tensor::zeros([1, 4, 8, 8], &device));
    assert_close(
        &square(&clear, 8, &device),
        &Tensor::ones([1, 3, 8, 8], &device),
        1e-6,
    );
    let grey = Image::new(Tensor::full([1, 1, 8, 8], 0.5, &device));
    assert_close(
        &square(&grey, 8, &device),
        &Tensor::zeros([1, 3, 8, 8], &device),
        1e-5,
    );
}

/// A map of one channel that is white where `is_white` says so, by row and column.
fn map((height, width): (usize, usize), is_white: impl Fn(usize, usize) -> bool) -> Image {
    let value = |place| f32::from(u8::from(is_white(place / width, place % width)));
    let values: Vec<f32> = (0..height * width).map(value).collect();
    let values = TensorData::new(values, [1, 1, height, width]);
    Image::new(Tensor::from_data(values, &Device::flex()))
}

#[test]
fn edges_stand_on_black_and_do_not_fade_when_they_shrink() {
    let device = Device::flex();
    let line = map((32, 64), |row, _| row == 14);
    let found = square(&line, 16, &device);
    let row = |row: usize| f32::from(i8::from(row == 7)) * 2.0 - 1.0;
    let wanted: Vec<f32> = (0..3 * 256).map(|i| row(i / 16 % 16)).collect();
    let wanted = Tensor::from_data(TensorData::new(wanted, [1, 3, 16, 16]), &device);
    assert_close(&found, &wanted, 1e-5);
}

#[test]
fn a_mask_stays_as_large_as_it_is() {
    let device = Device::flex();
    let disc = map((32, 32), |row, column| {
        (8..24).contains(&row) && (8..24).contains(&column)
    });
    let found = numbers(&square(&disc, 16, &device));
    let white = found.iter().filter(|value| **value > 0.0).count();
    assert_eq!(white, 3 * 8 * 8);
}

#[test]
fn weights_that_are_cut_off_or_of_something_else_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let [net, autoencoder] = written(folder.path(), [4, 4]);
    let swapped = load(&[autoencoder.clone(), net.clone()]).unwrap_err();
    assert!(swapped.to_string().contains("input `model`"), "{swapped}");
    let cut = folder.path().join("cut.safetensors");
    let bytes = std::fs::read(&net).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let mut values = Values::default();
    values.put("model", AnyValue::new(File::open(&cut).unwrap()));
    let early = LoadInstructModel::check(&Facts::new(&values)).unwrap_err();
    let message = load(&[cut, autoencoder]).unwrap_err().to_string();
    assert_eq!(early.to_string(), message);
    for part in [
        "not a whole safetensors file",
        "cut.safetensors",
        "leave `model` out",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let unlike = written(folder.path(), [4, 6]);
    let message = load(&unlike).unwrap_err().to_string();
    assert!(
        message.contains("4 channels") && message.contains("has 6"),
        "{message}"
    );
}

#[test]
fn a_text_that_is_too_long_is_refused_before_anything_is_drawn() {
    let long = plain(&"a very long story of a cat ".repeat(12));
    let message = node(&small(), long)
        .run(&mut context())
        .unwrap_err()
        .to_string();
    assert!(message.contains("reads 48 tokens"), "{message}");
}

#[test]
fn an_interval_that_ends_before_it_begins_is_refused_when_checked() {
    let mut values = Values::default();
    values.put("guidance_from", AnyValue::new(0.8_f64));
    values.put("guidance_to", AnyValue::new(0.2_f64));
    let wrong = SampleInstruct::check(&Facts::new(&values)).unwrap_err();
    assert!(matches!(
        wrong,
        Error::Input {
            input: Some("guidance_from"),
            ..
        }
    ));
}

#[test]
fn the_shipped_model_is_whole_and_draws() {
    let model = LoadInstructModel {
        model: None,
        autoencoder: None,
    };
    let model = model.run(&mut context()).unwrap();
    let [apple, car] = ["a red apple", "a blue car"].map(|text| {
        let node = SampleInstruct {
            steps: 1,
            ..node(&model, plain(text))
        };
        node.run(&mut context()).unwrap().into_pixels()
    });
    assert!(max_error(&apple, &car) > 0.05);
}

#[test]
fn the_pack_lists_its_nodes() {
    assert_eq!(PACK.spec().nodes.len(), 2);
}
