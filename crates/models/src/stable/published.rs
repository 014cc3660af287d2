//! Networks of published sizes say what the references say (tests/fixtures/stable/make_published.py). Their weights are
//! made by a rule on both sides.
//!
//! The largest ones are for `cargo test --release -p weft-models published -- --ignored --test-threads 1`.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};
use half::bf16;
use serde_json::json;
use weft_testing::numbers;

use super::{
    File,
    clip::{self, Clip, Take},
    parity::{assert_parity, note, on_cpu, reference, weights},
    unet::{self, Given, UNet},
};

/// -128 to 127: FNV-1a of the key and a multiple of the place, through the last step of MurmurHash3.
fn mixed(key: &str) -> impl Fn(usize) -> i32 {
    let fold = |seed: u32, byte| (seed ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let seed = key.bytes().fold(0x811C_9DC5, fold);
    move |place| {
        let mut x = (place as u32).wrapping_mul(0x9E37_79B9) ^ seed;
        x = (x ^ x >> 16).wrapping_mul(0x85EB_CA6B);
        x = (x ^ x >> 13).wrapping_mul(0xC2B2_AE35);
        ((x ^ x >> 16) >> 24).cast_signed() - 128
    }
}

/// How far down a matrix of so many columns is scaled, so that sums stay about as large as what they sum.
fn scale(inputs: usize) -> f32 {
    let halvings = (0..).find(|by| 3 * 4_usize.pow(*by) >= inputs);
    0.5_f32.powi(halvings.unwrap_or(0).cast_signed())
}

/// The tensor of a key as bf16, which holds every number of the rule.
fn made(key: &str, shape: &[usize], into: &mut Vec<u8>) {
    let (mixed, count) = (mixed(key), shape.iter().product());
    let mut put = |number: fn(i32) -> f32, by: f32| {
        let each = (0..count).map(|place| bf16::from_f32(number(mixed(place)) * by));
        into.extend(each.flat_map(bf16::to_le_bytes));
    };
    match shape {
        [_] if key.ends_with("weight") => put(|k| 1.0 + (k >> 3) as f32 / 128.0, 1.0),
        [_] => put(|k| k as f32 / 1024.0, 1.0),
        _ if key.ends_with("embedding.weight") => put(|k| k as f32 / 256.0, 1.0),
        [_, inputs @ ..] => put(|k| k as f32 / 128.0, scale(inputs.iter().product())),
        [] => panic!("{key} is a single number"),
    }
}

/// The file of a network with such keys and shapes.
fn file(shapes: &BTreeMap<String, Vec<usize>>) -> Vec<u8> {
    let mut end = 0;
    let mut place = |(key, shape): (&String, &Vec<usize>)| {
        let start = end;
        end += 2 * shape.iter().product::<usize>();
        let told = json!({"dtype": "BF16", "shape": shape, "data_offsets": [start, end]});
        (key.clone(), told)
    };
    let index: serde_json::Map<_, _> = shapes.iter().map(&mut place).collect();
    let index = serde_json::to_vec(&index).unwrap();
    let mut bytes = Vec::with_capacity(8 + index.len() + end);
    bytes.extend((index.len() as u64).to_le_bytes());
    bytes.extend(index);
    for (key, shape) in shapes {
        made(key, shape, &mut bytes);
    }
    bytes
}

/// The config.json of a network, and its file.
fn published(name: &str) -> (String, Vec<u8>) {
    let bytes = weights(name);
    let shapes = serde_json::from_str(&note(&bytes, "shapes")).unwrap();
    (note(&bytes, "config"), file(&shapes))
}

/// Every so many of the numbers are in the fixture.
const STRIDE: usize = 37;

fn part(features: &Tensor<3>) -> Tensor<1> {
    let part: Vec<f32> = numbers(features).into_iter().step_by(STRIDE).collect();
    Tensor::from_data(part.as_slice(), &Device::flex())
}

/// Parity of a text encoder of so many layers, each so wide.
#[track_caller]
fn reads(name: &str, [layers, width, heads]: [usize; 3]) {
    let (config, bytes) = published(name);
    let config = clip::Config::from_json(&config).unwrap();
    let found = [config.layers, config.width, config.heads];
    assert_eq!(found, [layers, width, heads]);
    let network = Clip::read(File::new(&bytes, &Device::flex()), &config, 0).unwrap();
    drop(bytes);
    let reference = reference(name);
    let rows = numbers(&on_cpu::<2>(&reference, "ids"));
    let rows = rows.chunks(77);
    let ids: Vec<Vec<u32>> = rows
        .map(|row| row.iter().map(|&id| id as u32).collect())
        .collect();
    for (name, take) in [
        ("last", Take::LAST),
        ("raw_penultimate", Take::RAW_PENULTIMATE),
    ] {
        let found = network.encode(&ids, take).unwrap();
        assert_parity(&part(&found.tokens), &on_cpu(&reference, name));
        assert_parity(&found.whole, &on_cpu(&reference, "whole"));
    }
}

#[test]
fn the_text_encoder_of_stable_diffusion_1_says_what_transformers_says() {
    reads("published_clip", [12, 768, 12]);
}

#[test]
fn the_first_layers_of_the_second_text_encoder_of_sdxl_say_what_transformers_says() {
    reads("published_clip_big_first", [2, 1280, 20]);
}

#[test]
#[ignore = "695 million weights take 5 GB and half a minute"]
fn the_second_text_encoder_of_sdxl_says_what_transformers_says() {
    reads("published_clip_big", [32, 1280, 20]);
}

/// Parity of a U-Net with those widths, which reads words of that width.
#[track_caller]
fn draws(name: &str, widths: &[usize], context: usize) {
    let (config, bytes) = published(name);
    let config = unet::Config::from_json(&config).unwrap();
    let found: Vec<_> = config.levels.iter().map(|level| level.width).collect();
    assert_eq!((found.as_slice(), config.context), (widths, context));
    let network = UNet::read(File::new(&bytes, &Device::flex()), &config).unwrap();
    drop(bytes);
    let reference = reference(name);
    let text = on_cpu::<3>(&reference, "context");
    let (latents, time) = (on_cpu(&reference, "latents"), on_cpu(&reference, "time"));
    let told = |name| on_cpu::<2>(&reference, name);
    let told = config.added.map(|_| ["sizes", "whole"].map(told));
    let given = Given {
        added: told.as_ref().map(|[sizes, whole]| [sizes, whole]),
        ..Given::text(&text)
    };
    let out = network.forward(latents, &time, &given);
    assert_parity(&out, &on_cpu(&reference, "out"));
}

#[test]
fn the_first_levels_of_stable_diffusion_1_draw_what_diffusers_draws() {
    draws("published_unet_first", &[320, 640], 768);
}

#[test]
fn the_first_levels_of_sdxl_draw_what_diffusers_draws() {
    draws("published_unet_first_xl", &[320, 640], 2048);
}

#[test]
#[ignore = "860 million weights take 6 GB and more than a minute"]
fn the_u_net_of_stable_diffusion_1_draws_what_diffusers_draws() {
    draws("published_unet_one", &[320, 640, 1280, 1280], 768);
}

#[test]
#[ignore = "2.6 billion weights take 16 GB and minutes"]
fn the_u_net_of_sdxl_draws_what_diffusers_draws() {
    draws("published_unet_xl", &[320, 640, 1280], 2048);
}
