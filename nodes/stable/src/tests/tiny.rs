//! A tiny model in a folder of diffusers, out of the fixtures of `weft-models`, and nodes to begin with.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use safetensors::{
    Dtype, SafeTensors, serialize,
    tensor::{Metadata, TensorView},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use weft_node::{
    Context, Node,
    value::{File, Image, Seed},
};
use weft_testing::numbers;

use crate::{
    Checkpoint, Conditioning, EmptyLatent, EncodeText, Latent, LoadCheckpoint, Sample, StableModel,
    StableSampler, StableSchedule, TextEncoders,
};

/// Tensors of f16 by key.
pub(super) type Parts = BTreeMap<String, (Vec<usize>, Vec<f16>)>;

pub(super) fn context() -> Context {
    Context::detached(Device::flex())
}

pub(super) fn bytes(name: &str) -> Vec<u8> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = format!("../../crates/models/tests/fixtures/stable/{name}.safetensors");
    fs::read(root.join(path)).unwrap()
}

/// What a fixture says of itself.
pub(super) fn note(name: &str, key: &str) -> Value {
    let bytes = bytes(name);
    let (_, metadata): (_, Metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let note: Value = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["note"]).unwrap();
    note[key].clone()
}

pub(super) fn parts(name: &str) -> Parts {
    let bytes = bytes(name);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let half = |pair: &[u8]| f16::from_le_bytes([pair[0], pair[1]]);
    let part = |(key, tensor): (String, TensorView<'_>)| {
        assert_eq!(tensor.dtype(), Dtype::F16);
        let numbers = tensor.data().chunks(2).map(half).collect();
        (key, (tensor.shape().to_vec(), numbers))
    };
    file.tensors().into_iter().map(part).collect()
}

pub(super) fn write(path: &Path, parts: &Parts) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let bytes: Vec<Vec<u8>> = parts
        .values()
        .map(|(_, numbers)| numbers.iter().flat_map(|x| x.to_le_bytes()).collect())
        .collect();
    let views = parts.iter().zip(&bytes).map(|((key, (shape, _)), bytes)| {
        (
            key,
            TensorView::new(Dtype::F16, shape.clone(), bytes).unwrap(),
        )
    });
    fs::write(path, serialize(views, None).unwrap()).unwrap();
}

/// The tensor whose key ends so, with `count` along that axis: its numbers again and again, scaled so that sums stay.
pub(super) fn grow(parts: &mut Parts, end: &str, axis: usize, count: usize) {
    for (key, (shape, numbers)) in parts.iter_mut() {
        if !key.ends_with(end) {
            continue;
        }
        let inner: usize = shape[axis + 1..].iter().product();
        let old = shape[axis];
        let by = if axis == 0 {
            1.0
        } else {
            (old as f32 / count as f32).sqrt()
        };
        let rows = numbers.chunks(old * inner);
        let grown = rows.flat_map(|row| (0..count * inner).map(move |i| row[i % (old * inner)]));
        *numbers = grown.map(|x| f16::from_f32(x.to_f32() * by)).collect();
        shape[axis] = count;
    }
}

/// One network in its folder, as diffusers has it.
pub(super) fn network(folder: &Path, file: &str, parts: &Parts, config: &Value) -> PathBuf {
    let path = folder.join(file);
    write(&path, parts);
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    path
}

pub(super) const NET: &str = "diffusion_pytorch_model.safetensors";

/// The text encoder of so many words and tokens that the tokeniser fits, with other settings.
fn text_encoder(folder: &Path, more: &[(&str, Value)]) {
    let mut config = note("clip_quick", "config");
    config["vocab_size"] = 49_408.into();
    config["max_position_embeddings"] = 77.into();
    for (key, value) in more {
        config[*key] = value.clone();
    }
    let mut text = parts("clip_quick");
    grow(&mut text, "token_embedding.weight", 0, 49_408);
    grow(&mut text, "position_embedding.weight", 0, 77);
    network(folder, "model.safetensors", &text, &config);
}

/// The autoencoder, with that scale of latents.
fn vae(root: &Path, factor: f32) {
    let mut config = note("autoencoder_one", "config");
    config["scaling_factor"] = factor.into();
    network(&root.join("vae"), NET, &parts("autoencoder_one"), &config);
}

/// The index and the noise levels; the path of the index.
fn index(root: &Path, class: &str, more: &[&str]) -> PathBuf {
    fs::create_dir_all(root.join("scheduler")).unwrap();
    let scheduler = json!({
        "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000, "prediction_type": "epsilon",
    });
    let path = root.join("scheduler/scheduler_config.json");
    fs::write(path, scheduler.to_string()).unwrap();
    let mut index = json!({
        "_class_name": class,
        "text_encoder": ["transformers", "CLIPTextModel"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    });
    for part in more {
        index[*part] = json!(["transformers", "CLIPTextModelWithProjection"]);
    }
    let path = root.join("model_index.json");
    fs::write(&path, index.to_string()).unwrap();
    path
}

/// A tiny Stable Diffusion 1 whose U-Net takes so many channels in; the path of its index.
pub(super) fn folder(root: &Path, inputs: usize) -> PathBuf {
    let mut config = note("unet_one", "config");
    config["in_channels"] = inputs.into();
    let mut net = parts("unet_one");
    if inputs != 4 {
        grow(&mut net, "conv_in.weight", 1, inputs);
    }
    network(&root.join("unet"), NET, &net, &config);
    vae(root, 0.18215);
    text_encoder(&root.join("text_encoder"), &[]);
    index(root, "StableDiffusionPipeline", &[])
}

/// A tiny SDXL; the path of its index.
pub(super) fn folder_xl(root: &Path) -> PathBuf {
    let mut config = note("unet_xl", "config");
    config["in_channels"] = 4.into();
    config["cross_attention_dim"] = 64.into();
    config["projection_class_embeddings_input_dim"] = 80.into();
    let mut net = parts("unet_xl");
    for (end, count) in [
        ("conv_in.weight", 4),
        ("attn2.to_k.weight", 64),
        ("attn2.to_v.weight", 64),
        ("add_embedding.linear_1.weight", 80),
    ] {
        grow(&mut net, end, 1, count);
    }
    network(&root.join("unet"), NET, &net, &config);
    vae(root, 0.13025);
    text_encoder(&root.join("text_encoder"), &[]);
    let gelu = ("hidden_act", "gelu".into());
    text_encoder(&root.join("text_encoder_2"), &[gelu]);
    index(root, "StableDiffusionXLPipeline", &["text_encoder_2"])
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
    let node = EncodeText {
        encoders: encoders.clone(),
        text: text.to_owned(),
        skip: None,
        width: None,
        height: None,
        left: 0,
        top: 0,
        score: 6.0,
    };
    node.run(&mut context())
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
        sampler: StableSampler::Euler,
        schedule: StableSchedule::Karras,
        denoise: 1.0,
        start: 0,
        end: None,
        noise: true,
        mask: None,
        guidance_from: 0.0,
        guidance_to: 1000.0,
        rescale: 0.0,
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
