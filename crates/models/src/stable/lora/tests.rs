//! Parity with peft and diffusers (tests/fixtures/stable/make.py), and what is said of LoRAs that do not fit.

use burn::tensor::{Device, Tensor};
use weft_testing::for_each_device;

use super::Lora;
use crate::{
    Problem,
    stable::{
        File,
        clip::{self, Clip, Take},
        parity::{assert_parity, changed, note, on_cpu, parity, problems, single, weights},
        unet::{self, Given, UNet},
    },
};

/// That of the references.
const STRENGTH: f32 = 0.6;

fn lora(bytes: &[u8], device: &Device) -> Lora {
    Lora::read(bytes, device).unwrap()
}

/// What a U-Net draws with LoRAs.
fn drawn(name: &str, bytes: &[u8], loras: &[(&Lora, f32)], device: &Device) -> Tensor<4> {
    let config = unet::Config::from_json(&note(&weights(name), "config")).unwrap();
    let file = File {
        loras,
        ..File::new(bytes, device)
    };
    let network = UNet::read(file, &config).unwrap();
    let parity = parity(name);
    let text: Tensor<3> = parity.get("context", device);
    let mut given = Given::text(&text);
    let added = config
        .added
        .map(|_| ["sizes", "whole"].map(|name| parity.get::<2>(name, device)));
    given.added = added.as_ref().map(|[sizes, whole]| [sizes, whole]);
    let (latents, time) = (parity.get("latents", device), parity.get("time", device));
    network.forward(latents, &time, &given)
}

#[test]
fn every_spelling_of_a_lora_changes_a_u_net_as_peft_does() {
    for name in ["unet_one", "unet_xl"] {
        let out = on_cpu(&parity(&format!("lora_{name}")), "out");
        let bytes = weights(name);
        for spelling in ["peft", "kohya", "kohya_single"] {
            let device = Device::flex();
            let lora = lora(&weights(&format!("lora_{name}_{spelling}")), &device);
            for file in [bytes.clone(), single(&bytes, "model.diffusion_model.")] {
                let found = drawn(name, &file, &[(&lora, STRENGTH)], &device);
                assert_parity(&found, &out);
            }
        }
    }
}

#[test]
fn a_u_net_with_a_lora_draws_the_same_on_every_device() {
    for_each_device(|device| {
        let lora = lora(&weights("lora_unet_one_peft"), device);
        let loras = [(&lora, STRENGTH)];
        let found = drawn("unet_one", &weights("unet_one"), &loras, device);
        assert_parity(&found, &parity("lora_unet_one").get("out", device));
    });
}

#[test]
fn strengths_add_up() {
    let device = Device::flex();
    let bytes = weights("unet_one");
    let lora = lora(&weights("lora_unet_one_peft"), &device);
    let twice = [(&lora, 1.0), (&lora, STRENGTH - 1.0)];
    let whole = drawn("unet_one", &bytes, &twice, &device);
    assert_parity(&whole, &on_cpu(&parity("lora_unet_one"), "out"));
    let none = drawn("unet_one", &bytes, &[(&lora, 0.0)], &device);
    assert_parity(&none, &on_cpu(&parity("unet_one"), "out"));
}

#[test]
fn the_spelling_of_attention_processors_is_known() {
    let old = changed(&weights("lora_unet_one_peft"), |tensors| {
        let renamed = |(key, tensor): (String, _)| {
            let key = key.replace("to_out.0", "to_out").replace("unet.", "");
            let key = key
                .replace(".lora_A.", "_lora.down.")
                .replace(".lora_B.", "_lora.up.");
            let inner = [".attn1.", ".attn2."].iter().fold(key, |key, attention| {
                key.replace(attention, &format!("{attention}processor."))
            });
            (inner, tensor)
        };
        tensors.into_iter().map(renamed).collect()
    });
    let device = Device::flex();
    let old = lora(&old, &device);
    let found = drawn(
        "unet_one",
        &weights("unet_one"),
        &[(&old, STRENGTH)],
        &device,
    );
    assert_parity(&found, &on_cpu(&parity("lora_unet_one"), "out"));
}

#[test]
fn a_text_encoder_is_adapted_too() {
    let (bytes, parity) = (weights("clip_quick"), parity("lora_text"));
    let config = clip::Config::from_json(&note(&bytes, "config")).unwrap();
    let rows = on_cpu::<2>(&super::tests::parity("clip_quick"), "ids");
    let rows = weft_testing::numbers(&rows);
    let ids: Vec<Vec<u32>> = rows
        .chunks(10)
        .map(|row| row.iter().map(|&id| id as u32).collect())
        .collect();
    for_each_device(|device| {
        for spelling in ["kohya", "peft"] {
            let lora = lora(&weights(&format!("lora_text_{spelling}")), device);
            let file = File {
                loras: &[(&lora, STRENGTH)],
                ..File::new(&bytes, device)
            };
            let network = Clip::read(file, &config, 0).unwrap();
            let found = network.encode(&ids, Take::LAST).unwrap();
            assert_parity(&found.tokens, &parity.get("last", device));
            assert_parity(&found.whole, &parity.get("whole", device));
        }
    });
}

#[test]
fn a_lora_of_other_sizes_is_refused_by_every_key() {
    let bytes = weights("unet_one");
    let config = unet::Config::from_json(&note(&bytes, "config")).unwrap();
    let device = Device::flex();
    let lora = lora(&weights("lora_unet_xl_peft"), &device);
    let file = File {
        loras: &[(&lora, 1.0)],
        ..File::new(&bytes, &device)
    };
    let found = problems(UNet::read(file, &config));
    let key = "unet.down_blocks.1.attentions.0.proj_in.lora_A.weight".to_owned();
    assert!(found.contains(&Problem::Unknown(key)), "{found:?}");
    let key = "unet.down_blocks.0.resnets.0.conv1.lora_A.weight".to_owned();
    let shape = Problem::Shape {
        key,
        found: vec![16, 144],
        wanted: vec![32, 288],
    };
    assert!(found.contains(&shape), "{found:?}");
}

#[test]
fn torn_and_other_files_are_refused() {
    let bytes = weights("lora_unet_one_kohya");
    let module = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q";
    let torn = changed(&bytes, |mut tensors| {
        let up = tensors.remove(&format!("{module}.lora_up.weight")).unwrap();
        tensors.insert(format!("{module}.dora_scale"), up);
        tensors
    });
    let missing = Problem::Missing(format!("{module}.lora_up.weight"));
    let unknown = Problem::Unknown(format!("{module}.dora_scale"));
    assert_eq!(
        problems(Lora::read(&torn, &Device::flex())),
        [missing, unknown]
    );
    let error = Lora::read(&weights("unet_one"), &Device::flex()).unwrap_err();
    assert!(
        error.to_string().contains("none of its keys ends with"),
        "{error}"
    );
}
