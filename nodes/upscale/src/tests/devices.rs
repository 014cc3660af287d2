//! Every node of the pack draws on a graphics adapter what it draws on the CPU.

use burn::tensor::{Device, Tensor};
use weft_node::value::Image;
use weft_testing::{assert_close, for_each_device};

use super::{disc, model, run, tiny, upscale};
use crate::{PACK, Upscale, UpscaleMethod};

/// What a node of the kind draws on the device, in each of its ways.
fn drawn(kind: &str, device: &Device) -> Vec<Tensor<4>> {
    assert_eq!(
        kind, "Upscale",
        "{kind} is not compared: give it a row here"
    );
    let color = disc(device, (13, 18));
    let clear = Tensor::cat(vec![color.clone(), color.clone().narrow(1, 1, 1)], 1);
    let by_network = |image, fidelity| Upscale {
        model: model(tiny()),
        fidelity,
        ..upscale(Image::new(image))
    };
    let soft = Upscale {
        method: UpscaleMethod::Lanczos,
        width: Some(40),
        ..upscale(Image::new(clear.clone()))
    };
    [by_network(color, 0.0), by_network(clear, 1.0), soft]
        .map(|node| run(node).unwrap().into_pixels())
        .into()
}

#[test]
fn every_node_draws_on_an_adapter_what_it_draws_on_the_cpu() {
    for_each_device(|device| {
        for node in PACK.spec().nodes {
            let wanted = drawn(node.kind(), &Device::flex());
            for (found, wanted) in drawn(node.kind(), device).iter().zip(&wanted) {
                assert_close(found, wanted, 1e-3);
            }
        }
    });
}
