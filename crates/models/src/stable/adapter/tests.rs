//! Parity with diffusers (tests/fixtures/stable/make.py), and what is said of adapters that do not fit.

use burn::tensor::{Device, Tensor};
use weft_testing::for_each_device;

use super::{Adapter, AdapterError};
use crate::{
    Problem,
    stable::{
        File,
        parity::{assert_parity, changed, note, parity, problems, weights},
        unet::{self, Given, Pictures, UNet},
    },
};

fn adapter(name: &str, device: &Device) -> Adapter {
    let bytes = weights(&format!("adapter_{name}"));
    Adapter::read(File::new(&bytes, device)).unwrap()
}

fn unet(name: &str, device: &Device) -> UNet {
    let bytes = weights(name);
    let config = unet::Config::from_json(&note(&bytes, "config")).unwrap();
    UNet::read(File::new(&bytes, device), &config).unwrap()
}

fn drawn(network: &UNet, name: &str, pictures: Option<Pictures<'_>>, device: &Device) -> Tensor<4> {
    let parity = parity(name);
    let text: Tensor<3> = parity.get("context", device);
    let added = network.config().added;
    let added = added.map(|_| ["sizes", "whole"].map(|name| parity.get::<2>(name, device)));
    let added = added.as_ref().map(|[sizes, whole]| [sizes, whole]);
    let given = Given {
        pictures,
        added,
        ..Given::text(&text)
    };
    let (latents, time) = (parity.get("latents", device), parity.get("time", device));
    network.forward(latents, &time, &given)
}

/// Parity of the adapter of a U-Net with features `[2, rows, width]`.
#[track_caller]
fn has_parity(name: &str, features: Tensor<3>, device: &Device) {
    let reference = parity(&format!("adapter_{name}"));
    let adapter = adapter(name, device);
    let tokens = adapter.tokens(features);
    assert_parity(&tokens, &reference.get("tokens", device));
    let network = unet(name, device).with_adapter(&adapter).unwrap();
    let pictures = Pictures {
        tokens: &tokens,
        strength: 0.8,
    };
    let out = drawn(&network, name, Some(pictures), device);
    assert_parity(&out, &reference.get("out", device));
    // Without pictures nothing is added.
    let out = drawn(&network, name, None, device);
    assert_parity(&out, &parity(name).get("out", device));
}

#[test]
fn a_plain_adapter_shows_pictures_as_in_diffusers() {
    for_each_device(|device| {
        let pictures: Tensor<2> = parity("adapter_unet_one").get("pictures", device);
        has_parity("unet_one", pictures.unsqueeze_dim(1), device);
    });
}

#[test]
fn an_adapter_with_a_resampler_shows_pictures_as_in_diffusers() {
    for_each_device(|device| {
        let pictures = parity("adapter_unet_xl").get("pictures", device);
        has_parity("unet_xl", pictures, device);
    });
}

#[test]
fn an_adapter_says_what_it_takes_of_pictures() {
    assert_eq!(adapter("unet_one", &Device::flex()).wants(), (false, 20));
    assert_eq!(adapter("unet_xl", &Device::flex()).wants(), (true, 20));
}

#[test]
fn an_adapter_of_another_u_net_is_refused() {
    let device = Device::flex();
    let error = unet("unet_one", &device)
        .with_adapter(&adapter("unet_xl", &device))
        .unwrap_err();
    assert_eq!(
        error,
        AdapterError::Count {
            adapter: 17,
            network: 4
        }
    );
    let mut other = adapter("unet_one", &device);
    let (first, last) = (other.pairs[0].clone(), other.pairs.len() - 1);
    other.pairs[last] = first.map(|mut pair| {
        pair.weight = pair.weight.map(|weight| weight.narrow(1, 0, 16));
        pair
    });
    let error = unet("unet_one", &device).with_adapter(&other).unwrap_err();
    let sizes = AdapterError::Sizes {
        place: 3,
        adapter: [32, 16],
        network: [32, 32],
    };
    assert_eq!(error, sizes);
}

#[test]
fn keys_that_do_not_fit_are_named() {
    let torn = changed(&weights("adapter_unet_xl"), |mut tensors| {
        let norm = tensors.remove("image_proj.layers.1.0.norm1.bias").unwrap();
        tensors.insert("image_proj.perceiver.bias".to_owned(), norm);
        tensors
    });
    let missing = Problem::Missing("image_proj.layers.1.0.norm1.bias".to_owned());
    let unknown = Problem::Unknown("image_proj.perceiver.bias".to_owned());
    let device = Device::flex();
    assert_eq!(
        problems(Adapter::read(File::new(&torn, &device))),
        [missing, unknown]
    );
    let other = weights("unet_one");
    let error = Adapter::read(File::new(&other, &device)).unwrap_err();
    assert!(
        error.to_string().contains("adapters of faces are not read"),
        "{error}"
    );
}
