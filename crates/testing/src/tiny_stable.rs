//! Tiny models of Stable Diffusion in files as published ones are, out of the fixtures of `weft-models`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use half::f16;
use safetensors::{
    Dtype, SafeTensors, serialize,
    tensor::{Metadata, TensorView},
};
use serde_json::{Value, json};

/// Why making them does not fail.
const WHOLE: &str = "the fixtures are whole and the folder can be written";

/// Tensors of f16 by key.
pub type Parts = BTreeMap<String, (Vec<usize>, Vec<f16>)>;

/// The bytes of a fixture.
///
/// # Panics
/// It is not there.
pub fn bytes(name: &str) -> Vec<u8> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = format!("../models/tests/fixtures/stable/{name}.safetensors");
    fs::read(root.join(path)).expect(WHOLE)
}

/// What a fixture says of itself.
///
/// # Panics
/// It is not there, or says nothing.
pub fn note(name: &str, key: &str) -> Value {
    let bytes = bytes(name);
    let (_, metadata): (_, Metadata) = SafeTensors::read_metadata(&bytes).expect(WHOLE);
    let note: Value =
        serde_json::from_str(&metadata.metadata().as_ref().expect(WHOLE)["note"]).expect(WHOLE);
    note[key].clone()
}

/// The tensors of a fixture.
///
/// # Panics
/// It is not there, or not of f16.
pub fn parts(name: &str) -> Parts {
    let bytes = bytes(name);
    let file = SafeTensors::deserialize(&bytes).expect(WHOLE);
    let half = |pair: &[u8]| f16::from_le_bytes([pair[0], pair[1]]);
    let part = |(key, tensor): (String, TensorView<'_>)| {
        assert_eq!(tensor.dtype(), Dtype::F16);
        let numbers = tensor.data().chunks(2).map(half).collect();
        (key, (tensor.shape().to_vec(), numbers))
    };
    file.tensors().into_iter().map(part).collect()
}

/// Writes tensors as a file of weights.
///
/// # Panics
/// The disk does not take them.
pub fn write(path: &Path, parts: &Parts) {
    fs::create_dir_all(path.parent().expect(WHOLE)).expect(WHOLE);
    let bytes: Vec<Vec<u8>> = parts
        .values()
        .map(|(_, numbers)| numbers.iter().flat_map(|x| x.to_le_bytes()).collect())
        .collect();
    let views = parts.iter().zip(&bytes).map(|((key, (shape, _)), bytes)| {
        (
            key,
            TensorView::new(Dtype::F16, shape.clone(), bytes).expect(WHOLE),
        )
    });
    fs::write(path, serialize(views, None).expect(WHOLE)).expect(WHOLE);
}

/// The tensor whose key ends so, with `count` along that axis: its numbers again and again, scaled so that sums stay.
pub fn grow(parts: &mut Parts, end: &str, axis: usize, count: usize) {
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
///
/// # Panics
/// The disk does not take it.
pub fn network(folder: &Path, file: &str, parts: &Parts, config: &Value) -> PathBuf {
    let path = folder.join(file);
    write(&path, parts);
    fs::write(folder.join("config.json"), config.to_string()).expect(WHOLE);
    path
}

/// Splits the weights of that name in two, beside an index of both; its path.
///
/// # Panics
/// The disk does not take it.
pub fn split(folder: &Path, name: &str, parts: Parts) -> PathBuf {
    let of = |nth: usize| format!("{name}-0000{}-of-00002.safetensors", nth + 1);
    let mut shards = [Parts::new(), Parts::new()];
    let mut map = serde_json::Map::new();
    for (i, (key, part)) in parts.into_iter().enumerate() {
        map.insert(key.clone(), of(i % 2).into());
        shards[i % 2].insert(key, part);
    }
    for (nth, shard) in shards.iter().enumerate() {
        write(&folder.join(of(nth)), shard);
    }
    let index = json!({ "metadata": {}, "weight_map": map });
    let path = folder.join(format!("{name}.safetensors.index.json"));
    fs::write(&path, index.to_string()).expect(WHOLE);
    path
}

/// How diffusers calls the file of a network.
pub const NET: &str = "diffusion_pytorch_model.safetensors";

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

/// The noise levels, and what the model predicts.
fn levels(root: &Path, prediction: &str) {
    fs::create_dir_all(root.join("scheduler")).expect(WHOLE);
    let scheduler = json!({
        "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000, "prediction_type": prediction,
    });
    // As diffusers writes it, which is more than JSON has.
    let text = scheduler
        .to_string()
        .replacen('{', "{\"lambda_min_clipped\": -Infinity, ", 1);
    let path = root.join("scheduler/scheduler_config.json");
    fs::write(path, text).expect(WHOLE);
}

/// The index, and the noise levels of a model that predicts noise; the path of the index.
fn index(root: &Path, class: &str, more: &[&str]) -> PathBuf {
    levels(root, "epsilon");
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
    fs::write(&path, index.to_string()).expect(WHOLE);
    path
}

/// A tiny Stable Diffusion 1 whose U-Net takes so many channels in; the path of its index.
///
/// # Panics
/// The disk does not take it.
pub fn folder(root: &Path, inputs: usize) -> PathBuf {
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

/// A tiny Stable Diffusion 2 that predicts v, with dense layers about its transformers; the path of its index. Its text
/// encoder has the last layer, which that family leaves out.
///
/// # Panics
/// The disk does not take it.
pub fn folder_two(root: &Path) -> PathBuf {
    let mut config = note("unet_one", "config");
    config["use_linear_projection"] = true.into();
    config["attention_head_dim"] = json!([4, 8]);
    let mut net = parts("unet_one");
    for (key, (shape, _)) in &mut net {
        if key.ends_with("proj_in.weight") || key.ends_with("proj_out.weight") {
            shape.truncate(2);
        }
    }
    network(&root.join("unet"), NET, &net, &config);
    vae(root, 0.18215);
    let gelu = ("hidden_act", "gelu".into());
    text_encoder(&root.join("text_encoder"), &[gelu]);
    let path = index(root, "StableDiffusionPipeline", &[]);
    levels(root, "v_prediction");
    path
}

/// What the sizes of the tiny SDXL are told by.
fn sized_xl(mut config: Value, inputs: usize) -> Value {
    config["in_channels"] = inputs.into();
    config["cross_attention_dim"] = 64.into();
    config["projection_class_embeddings_input_dim"] = 80.into();
    config
}

/// The layers of its U-Net that read words, sizes and latents of so many channels.
fn grown_xl(net: &mut Parts, inputs: usize) {
    for (end, count) in [
        ("conv_in.weight", inputs),
        ("attn2.to_k.weight", 64),
        ("attn2.to_v.weight", 64),
        ("add_embedding.linear_1.weight", 80),
    ] {
        grow(net, end, 1, count);
    }
}

/// A tiny SDXL whose U-Net takes so many channels in; the path of its index.
///
/// # Panics
/// The disk does not take it.
pub fn folder_xl(root: &Path, inputs: usize) -> PathBuf {
    let config = sized_xl(note("unet_xl", "config"), inputs);
    let mut net = parts("unet_xl");
    grown_xl(&mut net, inputs);
    network(&root.join("unet"), NET, &net, &config);
    vae(root, 0.13025);
    text_encoder(&root.join("text_encoder"), &[]);
    let gelu = ("hidden_act", "gelu".into());
    text_encoder(&root.join("text_encoder_2"), &[gelu]);
    index(root, "StableDiffusionXLPipeline", &["text_encoder_2"])
}

/// A ControlNet of the tiny Stable Diffusion 1; the path of its weights.
///
/// # Panics
/// The disk does not take it.
pub fn control_one(folder: &Path) -> PathBuf {
    control(folder, parts("control_one"), note("control_one", "config"))
}

/// The same for the tiny SDXL.
///
/// # Panics
/// The disk does not take it.
pub fn control_xl(folder: &Path) -> PathBuf {
    let whole = parts("control_xl");
    let mut net = whole.clone();
    grown_xl(&mut net, 4);
    // The layers that look at the picture stay, whatever they are called.
    let looking = whole
        .into_iter()
        .filter(|(key, _)| key.starts_with(LOOKING));
    net.extend(looking);
    control(folder, net, sized_xl(note("control_xl", "config"), 4))
}

/// What the layers of a ControlNet that look at the picture begin with.
const LOOKING: &str = "controlnet_cond_embedding.";

/// A ControlNet whose pictures have two pixels for each latent, as those of the autoencoder have.
fn control(folder: &Path, mut net: Parts, mut config: Value) -> PathBuf {
    config["conditioning_embedding_out_channels"] = json!([8, 16]);
    let blocks = format!("{LOOKING}blocks.");
    let further = |key: &str| {
        let block = key.strip_prefix(&blocks);
        block.is_some_and(|block| !block.starts_with(['0', '1']))
    };
    net.retain(|key, _| !further(key));
    grow(&mut net, &format!("{LOOKING}conv_out.weight"), 1, 16);
    network(folder, NET, &net, &config)
}

/// A plain IP-Adapter of the tiny Stable Diffusion 1, and its image encoder: the paths of both.
///
/// # Panics
/// The disk does not take them.
pub fn adapter_one(folder: &Path) -> [PathBuf; 2] {
    adapter(folder, &parts("adapter_unet_one"), "clip_image_one")
}

/// An IP-Adapter of the tiny SDXL with a resampler, and its image encoder: the paths of both.
///
/// # Panics
/// The disk does not take them.
pub fn adapter_xl(folder: &Path) -> [PathBuf; 2] {
    let mut net = parts("adapter_unet_xl");
    grow(&mut net, "proj_in.weight", 1, 24);
    for end in [
        "proj_out.weight",
        "proj_out.bias",
        "norm_out.weight",
        "norm_out.bias",
    ] {
        grow(&mut net, end, 0, 64);
    }
    for end in ["to_k_ip.weight", "to_v_ip.weight"] {
        grow(&mut net, end, 1, 64);
    }
    adapter(folder, &net, "clip_image_two")
}

fn adapter(folder: &Path, net: &Parts, encoder: &str) -> [PathBuf; 2] {
    let file = folder.join("ip-adapter.safetensors");
    write(&file, net);
    let config = note(encoder, "config");
    let encoder = network(folder, "model.safetensors", &parts(encoder), &config);
    [file, encoder]
}
