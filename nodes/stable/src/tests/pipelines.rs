//! Whole pipelines as in diffusers (crates/models/tests/fixtures/stable/make_pipelines.py), from a text to a picture.

use std::path::Path;

use burn::tensor::{Device, Tensor};
use weft_node::Node;
use weft_testing::{Tensors, fixture, mean_error};

use super::tiny::{context, folder, folder_xl, load, sample, text};
use crate::{DecodeLatent, Latent, Sample};

/// The mean error that counts as the same picture.
const SAME: f32 = 1.0 / 255.0;

fn reference(name: &str) -> Tensors {
    let path = format!("../../crates/models/tests/fixtures/stable/pipeline_{name}.safetensors");
    fixture(env!("CARGO_MANIFEST_DIR"), &path)
}

/// The picture of the noise that diffusers began with.
fn drawn(index: &Path, reference: &Tensors, words: &str) -> Tensor<4> {
    let found = load(index).unwrap();
    let read = |words| text(&found.encoders, words).unwrap();
    let noise: Tensor<4> = reference.get("noise", &Device::flex());
    let [most, _] = found.model.trained.bounds();
    let node = Sample {
        positive: read(words),
        negative: Some(read("a dog")),
        latent: Latent {
            x: noise * most,
            scale: Some(found.model.scale),
            factor: 2,
        },
        noise: false,
        steps: 6,
        guidance: 5.0,
        ..sample(&found, &found.model)
    };
    let decode = DecodeLatent {
        latent: node.run(&mut context()).unwrap(),
        vae: found.vae,
        tile: 1024,
        original: None,
        mask: None,
    };
    decode.run(&mut context()).unwrap().into_pixels()
}

#[track_caller]
fn is_the_same(name: &str, index: &Path) {
    let reference = reference(name);
    let picture: Tensor<4> = reference.get("picture", &Device::flex());
    let of = |words| mean_error(&drawn(index, &reference, words), &picture);
    let error = of("A photo of a red cat, unbelievablyish!");
    assert!(error <= SAME, "off by {error}");
    // Other words make another picture.
    let error = of("A photo of a red house, unbelievablyish!");
    assert!(error > 2.0 * SAME, "off by {error} only");
}

#[test]
fn stable_diffusion_1_draws_what_diffusers_draws() {
    let root = tempfile::tempdir().unwrap();
    is_the_same("one", &folder(root.path(), 4));
}

#[test]
fn sdxl_draws_what_diffusers_draws() {
    let root = tempfile::tempdir().unwrap();
    is_the_same("xl", &folder_xl(root.path()));
}
