//! A tiny model in a folder of diffusers, and nodes to begin with.

use std::path::Path;

use burn::tensor::{Device, Tensor, TensorData};
use tempfile::TempDir;
use weft_node::{
    Context, Node,
    value::{File, Image, Seed},
};
use weft_testing::numbers;
pub(super) use weft_testing::tiny_stable::*;

use crate::{
    Checkpoint, Conditioning, EmptyLatent, EncodeText, Latent, LoadCheckpoint, Sample, Sampler,
    Schedule, StableModel, TextEncoders,
};

pub(super) fn context() -> Context {
    Context::detached(Device::flex())
}

pub(super) fn load(path: &Path) -> weft_node::Result<Checkpoint> {
    let node = LoadCheckpoint {
        file: File::open(path).unwrap(),
        predicts: None,
        half: false,
    };
    node.run(&mut context())
}

/// A tiny model, and the folder that it lies in.
pub(super) fn tiny() -> (TempDir, Checkpoint) {
    let root = tempfile::tempdir().unwrap();
    let found = load(&folder(root.path(), 4)).unwrap();
    (root, found)
}

pub(super) fn text(encoders: &TextEncoders, text: &str) -> weft_node::Result<Conditioning> {
    EncodeText::of(encoders, text).run(&mut context())
}

pub(super) fn empty(found: &Checkpoint, batch: usize) -> Latent {
    let node = EmptyLatent {
        width: 16,
        height: 12,
        batch,
        vae: Some(found.vae.clone()),
    };
    node.run(&mut context()).unwrap()
}

/// A run of a few steps with `model`.
pub(super) fn sample(found: &Checkpoint, model: &StableModel) -> Sample {
    let read = |words| text(&found.encoders, words).unwrap();
    Sample {
        model: model.clone(),
        positive: read("a cat"),
        negative: Some(read("")),
        latent: empty(found, 1),
        seed: Seed(7),
        steps: 3,
        guidance: 4.0,
        sampler: Sampler::Euler,
        schedule: Schedule::Karras,
        denoise: 1.0,
        start: 0,
        end: None,
        noise: true,
        mask: None,
        guidance_from: 0.0,
        guidance_to: 1000.0,
        rescale: 0.0,
        plus_plus: None,
        perturbation: 0.0,
    }
}

pub(super) fn drawn(node: Sample) -> Vec<f32> {
    numbers(&node.run(&mut context()).unwrap().numbers())
}

/// A picture with something to see.
pub(super) fn picture(height: usize, width: usize) -> Image {
    let value = |i: usize| (i * 37 % 101) as f32 / 100.0;
    let values = (0..3 * height * width).map(value).collect();
    let values = TensorData::new(values, [1, 3, height, width]);
    Image::new(Tensor::from_data(values, &Device::flex()))
}
