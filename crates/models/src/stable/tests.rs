//! A single file of a whole model, as it is published, read network by network, on every device.

use std::collections::BTreeMap;

use burn::tensor::Device;
use safetensors::{SafeTensors, serialize};
use weft_testing::for_each_device;

use super::{
    File,
    clip::{self, Clip, Take},
    kl::{self, AutoencoderKl, Scale},
    parity::{assert_parity, note, parity, single, weights},
    unet::{self, Given, Heads, UNet, Unsaid},
};

/// U-Net, autoencoder and both text encoders in one file, with what files of training have besides.
fn whole() -> Vec<u8> {
    let clip = weights("clip_quick");
    let parts = [
        (single(&weights("unet_one"), "model.diffusion_model."), ""),
        (
            single(&weights("autoencoder_one"), "first_stage_model."),
            "",
        ),
        (clip.clone(), "conditioner.embedders.0.transformer."),
        (clip, "model_ema."),
        (weights("clip_open"), ""),
    ];
    let mut tensors = BTreeMap::new();
    for (bytes, root) in &parts {
        for (key, tensor) in SafeTensors::deserialize(bytes).unwrap().tensors() {
            tensors.insert(format!("{root}{key}"), tensor);
        }
    }
    serialize(tensors, None).unwrap()
}

#[test]
fn every_network_is_read_out_of_one_file() {
    let bytes = whole();
    for_each_device(|device| {
        let file = File::new(&bytes, device);
        draws(file, device);
        let config = kl::Config::derived(file, 32, Scale::ONE).unwrap();
        let (network, reference) = (
            AutoencoderKl::read(file, &config).unwrap(),
            parity("autoencoder_one"),
        );
        let picture = network.decode(reference.get("mean", device));
        assert_parity(&picture, &reference.get("picture", device));
        for (nth, name) in ["clip_quick", "clip_open"].into_iter().enumerate() {
            let config = clip::Config::from_json(&note(&weights(name), "config")).unwrap();
            let network = Clip::read(file, &config, nth).unwrap();
            let reference = parity(name);
            let rows = weft_testing::numbers(&reference.get::<2>("ids", device));
            let row = |row: &[f32]| row.iter().map(|&id| id as u32).collect();
            let ids: Vec<Vec<u32>> = rows.chunks(10).map(row).collect();
            let found = network.encode(&ids, Take::RAW_PENULTIMATE).unwrap();
            assert_parity(&found.tokens, &reference.get("raw_penultimate", device));
            assert_parity(&found.whole, &reference.get("whole", device));
        }
    });
}

fn draws(file: File<'_>, device: &Device) {
    let unsaid = Unsaid {
        heads: Heads::Number(4),
        ..Unsaid::ONE
    };
    let config = unet::Config::derived(file, &unsaid).unwrap();
    let (network, reference) = (UNet::read(file, &config).unwrap(), parity("unet_one"));
    let text = reference.get::<3>("context", device);
    let (latents, time) = (
        reference.get("latents", device),
        reference.get("time", device),
    );
    let out = network.forward(latents, &time, &Given::text(&text));
    assert_parity(&out, &reference.get("out", device));
}

#[test]
fn a_network_tells_how_far_its_reading_is_and_ends_with_all() {
    let bytes = whole();
    let heard = std::cell::RefCell::new(Vec::new());
    let hear = |done, total| heard.borrow_mut().push((done, total));
    let device = Device::flex();
    let file = File {
        progress: &hear,
        ..File::new(&bytes, &device)
    };
    let config = kl::Config::derived(file, 32, Scale::ONE).unwrap();
    let alone = weights("autoencoder_one");
    let tensors = SafeTensors::deserialize(&alone).unwrap().tensors();
    let numbers = tensors.iter().map(|(_, tensor)| tensor.data().len() / 2);
    AutoencoderKl::read(file, &config).unwrap();
    let heard = heard.into_inner();
    // Of the other networks in the file nothing is counted.
    let all: usize = numbers.sum();
    assert_eq!(heard.last(), Some(&(all, all)));
    assert!(heard.is_sorted() && heard.iter().all(|(_, total)| *total == all));
}
