//! Parity with diffusers (tests/fixtures/stable/make.py), alone and with the U-Net that is led.

use burn::tensor::{Device, Tensor};
use weft_tensor::{Precision, has_f16, set_f16};
use weft_testing::{Tensors, for_each_device};

use super::{Config, ControlNet};
use crate::{
    Problem,
    stable::{
        File,
        parity::{assert_parity, changed, note, off, on_cpu, parity, problems, single, weights},
        unet::{self, Control, Given, Heads, UNet, Unsaid},
    },
};

fn config(bytes: &[u8]) -> Config {
    Config::from_json(&note(bytes, "config")).unwrap()
}

fn read(bytes: &[u8], config: &Config, device: &Device) -> ControlNet {
    ControlNet::read(File::new(bytes, device), config).unwrap()
}

/// What a network says to a U-Net, and what that one draws.
fn led(
    network: &ControlNet,
    unet: &UNet,
    parity: &Tensors,
    device: &Device,
) -> (Control, Tensor<4>) {
    let text: Tensor<3> = parity.get("context", device);
    let added = network.config().trunk.added;
    let added = added.map(|_| ["sizes", "whole"].map(|name| parity.get::<2>(name, device)));
    let mut given = Given::text(&text);
    given.added = added.as_ref().map(|[sizes, whole]| [sizes, whole]);
    let latents: Tensor<4> = parity.get("latents", device);
    let time = parity.get("time", device);
    let pictures = (latents.clone(), parity.get("picture", device));
    let control = network.forward(pictures, &time, &given, 0.7);
    let out = unet.controlled(latents, &time, &given, Some(&control));
    (control, out)
}

#[track_caller]
fn has_parity(network: &ControlNet, name: &str, device: &Device) {
    let bytes = weights(&format!("unet_{name}"));
    let sizes = unet::Config::from_json(&note(&bytes, "config")).unwrap();
    let unet = UNet::read(File::new(&bytes, device), &sizes).unwrap();
    let parity = parity(&format!("control_{name}"));
    let (control, out) = led(network, &unet, &parity, device);
    for (i, found) in control.down.iter().enumerate() {
        assert_parity(found, &parity.get(&format!("down.{i}"), device));
    }
    assert_parity(&control.middle, &parity.get("middle", device));
    assert_parity(&out, &parity.get("out", device));
}

#[test]
fn two_networks_lead_their_u_nets_as_in_diffusers() {
    for name in ["one", "xl"] {
        let bytes = weights(&format!("control_{name}"));
        for_each_device(|device| has_parity(&read(&bytes, &config(&bytes), device), name, device));
    }
}

#[test]
fn in_16_bits_a_network_leads_its_u_net_nearly_the_same() {
    set_f16(true);
    for_each_device(|device| {
        let half = |bytes| File {
            precision: Precision::Bf16,
            ..File::new(bytes, device)
        };
        let (bytes, parity) = (weights("control_one"), parity("control_one"));
        let network = ControlNet::read(half(&bytes), &config(&bytes)).unwrap();
        let bytes = weights("unet_one");
        let sizes = unet::Config::from_json(&note(&bytes, "config")).unwrap();
        for unet in [half(&bytes), File::new(&bytes, device)] {
            let unet = UNet::read(unet, &sizes).unwrap();
            let (_, out) = led(&network, &unet, &parity, device);
            let error = off(&out, &parity.get("out", device));
            let most = if has_f16(device) { 5e-3 } else { 4e-2 };
            assert!(error <= most, "{error:e}");
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
    for (name, unsaid) in [("one", one), ("xl", xl)] {
        let bytes = weights(&format!("control_{name}"));
        for root in ["control_model.", ""] {
            let file = single(&bytes, root);
            let derived = Config::derived(File::new(&file, &Device::flex()), &unsaid).unwrap();
            assert_eq!(derived, config(&bytes));
            has_parity(
                &read(&file, &derived, &Device::flex()),
                name,
                &Device::flex(),
            );
        }
    }
}

#[test]
fn keys_that_do_not_fit_are_named_as_the_file_names_them() {
    let bytes = weights("control_one");
    let lost = [
        "control_model.input_hint_block.4.bias",
        "control_model.zero_convs.2.0.weight",
    ];
    let torn = changed(&single(&bytes, "control_model."), |mut tensors| {
        tensors.remove(lost[0]);
        let kernel = tensors.remove(lost[1]).unwrap();
        tensors.insert("control_model.zero_convs.9.0.weight".to_owned(), kernel);
        tensors
    });
    let found = problems(ControlNet::read(
        File::new(&torn, &Device::flex()),
        &config(&bytes),
    ));
    let [hint, join] = lost.map(|key| Problem::Missing(key.to_owned()));
    let unknown = Problem::Unknown("control_model.zero_convs.9.0.weight".to_owned());
    assert_eq!(found, [join, hint, unknown]);
}

#[test]
fn what_two_networks_say_adds_up() {
    let (bytes, parity) = (weights("control_one"), parity("control_one"));
    let network = read(&bytes, &config(&bytes), &Device::flex());
    let text = on_cpu::<3>(&parity, "context");
    let said = |strength| {
        let pictures = (on_cpu(&parity, "latents"), on_cpu(&parity, "picture"));
        network.forward(
            pictures,
            &on_cpu(&parity, "time"),
            &Given::text(&text),
            strength,
        )
    };
    let both = said(0.5).and(&said(0.2));
    assert_parity(&both.down[3], &on_cpu(&parity, "down.3"));
    assert_parity(&both.middle, &on_cpu(&parity, "middle"));
}
