//! Parity with TensorFlow on a tiny network (fixtures/make_hed.py), and what is said of weights that do not fit.

use std::{collections::HashMap, convert::Infallible, fs, path::PathBuf};

use burn::tensor::{Device, Tensor, TensorData};
use safetensors::{Dtype, SafeTensors, serialize, tensor::TensorView};
use weft_testing::for_each_device;

use super::{Config, Hed};
use crate::{Problem, WeightsError};

const TINY: Config = Config::new([(2, 4), (1, 6), (2, 5), (1, 7), (1, 3)]);

fn fixture(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fs::read(folder.join(name)).unwrap()
}

fn numbers(view: &TensorView<'_>) -> Vec<f32> {
    let (quads, _) = view.data().as_chunks::<4>();
    quads.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn edges(network: &Hed, rgb: Tensor<4>) -> Vec<f32> {
    let edges = network.forward(rgb, |_, _| Ok::<_, Infallible>(()));
    edges.unwrap().try_into_vec_as::<f32>().unwrap()
}

/// The tiny weights after `change`.
fn changed(change: impl FnOnce(&mut HashMap<String, TensorView<'_>>)) -> Vec<u8> {
    let bytes = fixture("hed_tiny.safetensors");
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
    let (weights, parity) = (fixture("hed_tiny.safetensors"), fixture("hed_parity.safetensors"));
    let parity = SafeTensors::deserialize(&parity).unwrap();
    let [rgb, wanted] = ["rgb", "edges"].map(|key| parity.tensor(key).unwrap());
    let wanted = numbers(&wanted);
    for_each_device(|device| {
        let network = Hed::read(&TINY, &weights, device).unwrap();
        let rgb = TensorData::new(numbers(&rgb), rgb.shape().to_vec());
        let found = edges(&network, Tensor::from_data(rgb, device));
        assert_eq!(found.len(), wanted.len());
        for (found, wanted) in found.into_iter().zip(&wanted) {
            assert!((found - wanted).abs() < 1e-5, "{found} for {wanted}");
        }
    });
}

#[test]
fn a_picture_of_one_pixel_has_an_answer() {
    let network = Hed::read(&TINY, &fixture("hed_tiny.safetensors"), &Device::flex()).unwrap();
    let found = edges(&network, Tensor::full([1, 3, 1, 1], 0.5, &Device::flex()));
    assert!(found.len() == 1 && (0.0..=1.0).contains(&found[0]));
}

#[test]
fn a_step_that_fails_stops_the_network() {
    let network = Hed::read(&TINY, &fixture("hed_tiny.safetensors"), &Device::flex()).unwrap();
    let mut seen = Vec::new();
    let stopped = network.forward(Tensor::zeros([1, 3, 8, 8], &Device::flex()), |done, total| {
        seen.push((done, total));
        if done == 2 { Err("stop") } else { Ok(()) }
    });
    assert_eq!(stopped.map(|_| ()), Err("stop"));
    assert_eq!(seen, [(1, 5), (2, 5)]);
}

#[test]
fn every_key_that_does_not_fit_is_named() {
    let bias = [0; 4];
    let whole = TensorView::new(Dtype::I32, vec![1], &bias).unwrap();
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
    let error = Hed::read(&Config::VGG16, &fixture("hed_tiny.safetensors"), &Device::flex());
    let told = error.map(|_| ()).unwrap_err().to_string();
    assert!(told.starts_with("the weights are not those of HED:\n"), "{told}");
    assert!(told.contains("  block1.conv1.weight is [4, 3, 3, 3], not [64, 3, 3, 3]\n"), "{told}");
    assert!(told.contains("  block5.conv3.bias is missing\n"), "{told}");
}

#[test]
fn a_torn_file_is_told_from_a_wrong_one() {
    let whole = fixture("hed_tiny.safetensors");
    for bytes in [&whole[..whole.len() - 1], &whole[..100], b"", b"not weights at all"] {
        let error = Hed::read(&TINY, bytes, &Device::flex()).map(|_| ()).unwrap_err();
        assert!(matches!(error, WeightsError::Malformed(_)), "{error}");
    }
}
