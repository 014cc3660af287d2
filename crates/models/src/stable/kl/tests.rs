//! Parity with diffusers (tests/fixtures/stable/make.py), and what is said of files that do not fit.

use burn::tensor::Device;
use weft_testing::{Tensors, assert_close, for_each_device};

use super::{AutoencoderKl, Config, Scale};
use crate::{
    Problem,
    stable::{
        File,
        parity::{assert_parity, changed, note, on_cpu, parity, problems, single, weights},
    },
};

fn read(bytes: &[u8], config: &Config, device: &Device) -> AutoencoderKl {
    AutoencoderKl::read(File::new(bytes, device), config).unwrap()
}

fn config(bytes: &[u8]) -> Config {
    Config::from_json(&note(bytes, "config")).unwrap()
}

#[track_caller]
fn has_parity(network: &AutoencoderKl, parity: &Tensors, device: &Device) {
    let moments = network.encode(parity.get("rgb", device));
    assert_parity(&moments.mean, &parity.get("mean", device));
    assert_parity(&moments.log_variance, &parity.get("log_variance", device));
    let picture = network.decode(parity.get("mean", device));
    assert_parity(&picture, &parity.get("picture", device));
}

#[test]
fn two_autoencoders_give_the_latents_and_pictures_of_diffusers() {
    for name in ["autoencoder_one", "autoencoder_two"] {
        let bytes = weights(name);
        for_each_device(|device| {
            let network = read(&bytes, &config(&bytes), device);
            has_parity(&network, &parity(name), device);
        });
    }
}

#[test]
fn a_single_file_tells_the_sizes_and_gives_the_same_network() {
    for (name, groups, scale) in [
        ("autoencoder_one", 32, Scale::ONE),
        ("autoencoder_two", 4, Scale::XL),
    ] {
        let bytes = weights(name);
        for root in ["first_stage_model.", ""] {
            let file = single(&bytes, root);
            let derived =
                Config::derived(File::new(&file, &Device::flex()), groups, scale).unwrap();
            assert_eq!(derived, config(&bytes));
            has_parity(
                &read(&file, &derived, &Device::flex()),
                &parity(name),
                &Device::flex(),
            );
        }
    }
}

#[test]
fn attention_may_have_the_names_it_had_before() {
    let bytes = weights("autoencoder_two");
    let old = changed(&bytes, |tensors| {
        let renamed = |(key, tensor): (String, _)| {
            let pairs = [
                ("to_q", "query"),
                ("to_k", "key"),
                ("to_v", "value"),
                ("to_out.0", "proj_attn"),
            ];
            let key = pairs
                .iter()
                .fold(key, |key, (new, old)| key.replace(new, old));
            (key, tensor)
        };
        tensors.into_iter().map(renamed).collect()
    });
    let network = read(&old, &config(&bytes), &Device::flex());
    has_parity(&network, &parity("autoencoder_two"), &Device::flex());
}

#[test]
fn latents_are_brought_to_the_scale_on_which_they_are_drawn() {
    let (bytes, parity) = (weights("autoencoder_two"), parity("autoencoder_two"));
    let network = read(&bytes, &config(&bytes), &Device::flex());
    let latents = network.latents(on_cpu(&parity, "rgb"));
    let mean = on_cpu::<4>(&parity, "mean");
    assert_close(&latents, &(mean * 0.13025), 1e-4);
    let picture = on_cpu::<4>(&parity, "picture").clamp(-1.0, 1.0);
    assert_close(&network.picture(latents), &picture, 1e-3);
}

#[test]
fn keys_that_do_not_fit_are_named_as_the_file_names_them() {
    let bytes = weights("autoencoder_one");
    let file = single(&bytes, "first_stage_model.");
    let key = |leaf: &str| format!("first_stage_model.{leaf}");
    let lost = [
        "encoder.mid.attn_1.proj_out.bias",
        "decoder.up.1.upsample.conv.weight",
    ]
    .map(key);
    let torn = changed(&file, |mut tensors| {
        tensors.remove(&lost[1]);
        let bias = tensors.remove(&lost[0]).unwrap();
        tensors.insert(key("decoder.up.0.attn.0.bias"), bias.clone());
        tensors.insert(key("loss.logvar"), bias);
        tensors
    });
    let found = problems(AutoencoderKl::read(
        File::new(&torn, &Device::flex()),
        &config(&bytes),
    ));
    let [attention, enlarging] = lost.map(Problem::Missing);
    let unknown = Problem::Unknown(key("decoder.up.0.attn.0.bias"));
    assert_eq!(found, [attention, enlarging, unknown]);
}
