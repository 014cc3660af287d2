//! Parity with TensorFlow on a tiny network (fixtures/make_hed.py), and what is said of weights that do not fit.

use std::{collections::HashMap, convert::Infallible, fs, path::Path};

use burn::tensor::{Device, Tensor};
use safetensors::{Dtype, SafeTensors, serialize, tensor::TensorView};
use weft_testing::{assert_close, fixture, for_each_device, numbers};

use super::{Config, Hed};
use crate::{Problem, WeightsError};

const TINY: Config = Config::new([(2, 4), (1, 6), (2, 5), (1, 7), (1, 3)]);

fn weights() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hed_tiny.safetensors")).unwrap()
}

fn tiny(device: &Device) -> Hed {
    Hed::read(&TINY, &weights(), device).unwrap()
}

fn edges(network: &Hed, rgb: Tensor<4>) -> Tensor<4> {
    let Ok(edges) = network.forward(rgb, |_, _| Ok::<_, Infallible>(()));
    edges
}

/// The tiny weights after `change`.
fn changed(change: impl FnOnce(&mut HashMap<String, TensorView<'_>>)) -> Vec<u8> {
    let bytes = weights();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors = file.tensors().into_iter().collect();
    change(&mut tensors);
    serialize(&tensors, None).unwrap()
}

fn problems(bytes: &[u8]) -> Vec<Problem> {
    match Hed::read(&TINY, bytes, &Device::flex()) {
        Err(WeightsError::Unfit { problems, .. }) => problems,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_tiny_network_sees_what_tensorflow_sees() {
    let parity = fixture(
        env!("CARGO_MANIFEST_DIR"),
        "fixtures/hed_parity.safetensors",
    );
    for_each_device(|device| {
        let found = edges(&tiny(device), parity.get("rgb", device));
        assert_close(&found, &parity.get("edges", device), 1e-5);
    });
}

#[test]
fn a_picture_of_one_pixel_has_an_answer() {
    let pixel = Tensor::full([1, 3, 1, 1], 0.5, &Device::flex());
    let found = numbers(&edges(&tiny(&Device::flex()), pixel));
    assert!(
        found.len() == 1 && (0.0..=1.0).contains(&found[0]),
        "{found:?}"
    );
}

#[test]
fn a_step_that_fails_stops_the_network() {
    let network = tiny(&Device::flex());
    let mut seen = Vec::new();
    let stopped = network.forward(
        Tensor::zeros([1, 3, 8, 8], &Device::flex()),
        |done, total| {
            seen.push((done, total));
            if done == 2 { Err("stop") } else { Ok(()) }
        },
    );
    assert_eq!(stopped.map(|_| ()), Err("stop"));
    assert_eq!(seen, [(1, 5), (2, 5)]);
}

#[test]
fn every_key_that_does_not_fit_is_named() {
    let whole = TensorView::new(Dtype::I32, vec![1], &[0; 4]).unwrap();
    let bytes = changed(|tensors| {
        tensors.remove("side2.bias");
        tensors.remove("fuse.weight");
        let grown = tensors["side1.weight"].clone();
        tensors.insert("block1.conv1.bias".to_owned(), grown);
        tensors.insert("side5.bias".to_owned(), whole.clone());
        tensors.insert("side6.bias".to_owned(), whole);
    });
    let shape = Problem::Shape {
        key: "block1.conv1.bias".to_owned(),
        found: vec![1, 4, 1, 1],
        wanted: vec![4],
    };
    let kind = Problem::Kind {
        key: "side5.bias".to_owned(),
        found: "I32".to_owned(),
    };
    let missing = ["side2.bias", "fuse.weight"].map(|key| Problem::Missing(key.to_owned()));
    let [side, fuse] = missing;
    let unknown = Problem::Unknown("side6.bias".to_owned());
    assert_eq!(problems(&bytes), [shape, side, kind, fuse, unknown]);
}

#[test]
fn weights_of_another_size_are_not_taken() {
    let error = Hed::read(&Config::VGG16, &weights(), &Device::flex());
    let told = error.map(|_| ()).unwrap_err().to_string();
    assert!(
        told.starts_with("the weights are not those of HED:\n"),
        "{told}"
    );
    assert!(
        told.contains("  block1.conv1.weight is [4, 3, 3, 3], not [64, 3, 3, 3]\n"),
        "{told}"
    );
    assert!(told.contains("  block5.conv3.bias is missing\n"), "{told}");
}

#[test]
fn a_torn_file_is_told_from_a_wrong_one() {
    let whole = weights();
    for bytes in [
        &whole[..whole.len() - 1],
        &whole[..100],
        b"",
        b"not weights at all",
    ] {
        let error = Hed::read(&TINY, bytes, &Device::flex())
            .map(|_| ())
            .unwrap_err();
        assert!(matches!(error, WeightsError::Malformed(_)), "{error}");
    }
}
