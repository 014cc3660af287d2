//! Parity with diffusers (tests/fixtures/stable/make.py), and what is said of files that do not fit.

use burn::tensor::{DType, Device, Tensor};
use weft_tensor::{Precision, has_f16, set_f16};
use weft_testing::{Tensors, for_each_device};

use super::{Added, Config, Given, Heads, UNet, Unsaid};
use crate::{
    Problem,
    stable::{
        File,
        parity::{assert_parity, changed, note, off, parity, problems, single, weights},
    },
};

fn read(bytes: &[u8], config: &Config, device: &Device) -> UNet {
    UNet::read(File::new(bytes, device), config).unwrap()
}

fn config(bytes: &[u8]) -> Config {
    Config::from_json(&note(bytes, "config")).unwrap()
}

/// Fails unless the network draws what the reference draws.
#[track_caller]
fn has_parity(network: &UNet, parity: &Tensors, device: &Device) {
    assert_parity(&drawn(network, parity, device), &parity.get("out", device));
}

fn drawn(network: &UNet, parity: &Tensors, device: &Device) -> Tensor<4> {
    let text: Tensor<3> = parity.get("context", device);
    let mut given = Given::text(&text);
    let added = network
        .config()
        .added
        .map(|_| ["sizes", "whole"].map(|name| parity.get::<2>(name, device)));
    given.added = added.as_ref().map(|[sizes, whole]| [sizes, whole]);
    let (latents, time) = (parity.get("latents", device), parity.get("time", device));
    network.forward(latents, &time, &given)
}

#[test]
fn a_network_of_the_first_kind_draws_what_diffusers_draws() {
    let (bytes, parity) = (weights("unet_one"), parity("unet_one"));
    for_each_device(|device| has_parity(&read(&bytes, &config(&bytes), device), &parity, device));
}

#[test]
fn one_of_sdxl_for_inpainting_draws_what_diffusers_draws_at_an_odd_size() {
    let (bytes, parity) = (weights("unet_xl"), parity("unet_xl"));
    for_each_device(|device| {
        let network = read(&bytes, &config(&bytes), device);
        assert_eq!(network.config().inputs, 9);
        has_parity(&network, &parity, device);
    });
}

#[test]
fn in_16_bits_a_graphics_adapter_draws_nearly_the_same() {
    set_f16(true);
    for_each_device(|device| {
        for name in ["unet_one", "unet_xl"] {
            let (bytes, parity) = (weights(name), parity(name));
            let file = File {
                precision: Precision::Bf16,
                ..File::new(&bytes, device)
            };
            let network = UNet::read(file, &config(&bytes)).unwrap();
            if has_f16(device) {
                assert_eq!(network.last.weight.val().dtype(), DType::F16);
            }
            let out = drawn(&network, &parity, device);
            assert_eq!(out.dtype(), DType::F32);
            let error = off(&out, &parity.get("out", device));
            // The CPU has 8 bits of mantissa, an adapter 11.
            let most = if has_f16(device) { 5e-3 } else { 4e-2 };
            assert!(error <= most, "{name}: {error:e}");
        }
    });
}

#[test]
fn a_single_file_tells_the_sizes_and_gives_the_same_network() {
    let one = Unsaid {
        heads: Heads::Number(4),
        ..Unsaid::ONE
    };
    let xl = Unsaid {
        heads: Heads::Width(8),
        groups: 8,
        waves: 8,
    };
    for (name, unsaid) in [("unet_one", one), ("unet_xl", xl)] {
        let (bytes, parity) = (weights(name), parity(name));
        for root in ["model.diffusion_model.", ""] {
            let bytes = single(&bytes, root);
            let derived = Config::derived(File::new(&bytes, &Device::flex()), &unsaid).unwrap();
            has_parity(
                &read(&bytes, &derived, &Device::flex()),
                &parity,
                &Device::flex(),
            );
        }
        let derived = Config::derived(File::new(&bytes, &Device::flex()), &unsaid).unwrap();
        assert_eq!(derived, config(&bytes));
    }
}

#[test]
fn keys_that_do_not_fit_are_named_as_the_file_names_them() {
    let bytes = weights("unet_one");
    let file = single(&bytes, "model.diffusion_model.");
    let key = |leaf: &str| format!("model.diffusion_model.{leaf}");
    let lost = [
        "output_blocks.1.1.conv.bias",
        "input_blocks.1.1.proj_in.weight",
    ]
    .map(key);
    let torn = changed(&file, |mut tensors| {
        let bias = tensors.remove(&lost[0]).unwrap();
        tensors.remove(&lost[1]);
        tensors.insert(key("middle_block.3.bias"), bias.clone());
        tensors.insert(
            "first_stage_model.decoder.conv_in.bias".to_owned(),
            bias.clone(),
        );
        tensors.insert(key("out.2.bias"), bias);
        tensors
    });
    let found = problems(UNet::read(
        File::new(&torn, &Device::flex()),
        &config(&bytes),
    ));
    let shape = Problem::Shape {
        key: key("out.2.bias"),
        found: vec![32],
        wanted: vec![4],
    };
    let [up, down] = lost.map(Problem::Missing);
    let unknown = Problem::Unknown(key("middle_block.3.bias"));
    assert_eq!(found, [down, up, shape, unknown]);
}

#[test]
fn a_file_of_another_network_is_refused() {
    let bytes = weights("clip_quick");
    let error = Config::derived(File::new(&bytes, &Device::flex()), &Unsaid::ONE).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("none of its keys is up_blocks.0"),
        "{error}"
    );
}

#[test]
fn settings_of_other_networks_are_refused_by_name() {
    let json = note(&weights("unet_one"), "config");
    let told = |from: &str, to: &str| {
        assert!(json.contains(from), "{json}");
        Config::from_json(&json.replace(from, to))
            .unwrap_err()
            .to_string()
    };
    let error = told(
        "\"class_embed_type\": null",
        "\"class_embed_type\": \"timestep\"",
    );
    assert!(
        error.contains("`class_embed_type` is \"timestep\"; only null is read"),
        "{error}"
    );
    let error = told("\"attention_head_dim\": 4", "\"attention_head_dim\": 5");
    assert!(
        error.contains("5 heads do not divide 32 channels"),
        "{error}"
    );
    let error = told("\"CrossAttnDownBlock2D\"", "\"AttnDownBlock2D\"");
    assert!(
        error.contains("level 0 is Some(\"AttnDownBlock2D\")"),
        "{error}"
    );
}

/// Of a published config.json, what differs from the others.
fn published(settings: &str) -> Config {
    let json = format!(
        r#"{{"in_channels": 4, "out_channels": 4, "layers_per_block": 2, "norm_num_groups": 32,
        "act_fn": "silu", "center_input_sample": false, "downsample_padding": 1, "flip_sin_to_cos": true,
        "freq_shift": 0, "mid_block_scale_factor": 1, "norm_eps": 1e-05, "sample_size": 64, {settings}}}"#
    );
    Config::from_json(&json).unwrap()
}

const FOUR: &str = r#""block_out_channels": [320, 640, 1280, 1280],
    "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
    "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]"#;

const THREE: &str = r#""block_out_channels": [320, 640, 1280], "attention_head_dim": [5, 10, 20],
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    "transformer_layers_per_block": [1, 2, 10], "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
    "class_embed_type": null, "resnet_out_scale_factor": 1.0, "resnet_time_scale_shift": "default",
    "mid_block_type": "UNetMidBlock2DCrossAttn", "upcast_attention": null, "use_linear_projection": true"#;

/// Depth and heads of each level.
fn rooms(config: &Config) -> Vec<(usize, usize)> {
    let rooms = config.levels.iter().map(|level| (level.depth, level.heads));
    rooms.collect()
}

#[test]
fn the_published_sizes_are_read() {
    let one = published(&format!(
        r#"{FOUR}, "attention_head_dim": 8, "cross_attention_dim": 768"#
    ));
    assert_eq!(rooms(&one), [(1, 8), (1, 8), (1, 8), (0, 8)]);
    assert_eq!((one.middle, one.context, one.added), (1, 768, None));
    let two = published(&format!(
        r#"{FOUR}, "attention_head_dim": [5, 10, 20, 20], "cross_attention_dim": 1024,
        "dual_cross_attention": false, "only_cross_attention": false, "use_linear_projection": true"#
    ));
    assert_eq!(rooms(&two), [(1, 5), (1, 10), (1, 20), (0, 20)]);
    let xl = published(&format!(r#"{THREE}, "cross_attention_dim": 2048"#));
    assert_eq!(rooms(&xl), [(0, 5), (2, 10), (10, 20)]);
    assert_eq!((xl.middle, xl.context), (10, 2048));
    let (waves, inputs) = (256, 2816);
    assert_eq!(xl.added, Some(Added { waves, inputs }));
}
