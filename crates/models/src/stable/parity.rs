//! Dev only: the tiny networks of tests/fixtures/stable, and how far a network is from its reference.

use std::{collections::HashMap, fs, path::PathBuf};

use burn::tensor::{Device, Tensor};
use safetensors::{SafeTensors, serialize, tensor::TensorView};
use weft_testing::{Tensors, fixture, max_error, numbers};

use crate::{Problem, WeightsError};

fn path(name: &str) -> String {
    format!("tests/fixtures/stable/{name}.safetensors")
}

/// The file of a network.
pub(crate) fn weights(name: &str) -> Vec<u8> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    fs::read(root.join(path(name))).unwrap()
}

/// What the reference gives for it.
pub(crate) fn parity(name: &str) -> Tensors {
    reference(&format!("{name}_parity"))
}

/// The numbers in a file of that name.
pub(crate) fn reference(name: &str) -> Tensors {
    fixture(env!("CARGO_MANIFEST_DIR"), &path(name))
}

/// What the file says of itself: its config.json, or the names of a single file, as JSON.
pub(crate) fn note(bytes: &[u8], key: &str) -> String {
    let (_, metadata) = SafeTensors::read_metadata(bytes).unwrap();
    let note = &metadata.metadata().as_ref().unwrap()["note"];
    let note: serde_json::Value = serde_json::from_str(note).unwrap();
    serde_json::to_string_pretty(&note[key]).unwrap()
}

/// The tensors after `change`.
pub(crate) fn changed(
    bytes: &[u8],
    change: impl FnOnce(HashMap<String, TensorView<'_>>) -> HashMap<String, TensorView<'_>>,
) -> Vec<u8> {
    let file = SafeTensors::deserialize(bytes).unwrap();
    serialize(change(file.tensors().into_iter().collect()), None).unwrap()
}

/// The same network as it lies in a single file.
pub(crate) fn single(bytes: &[u8], root: &str) -> Vec<u8> {
    let names: HashMap<String, String> = serde_json::from_str(&note(bytes, "single")).unwrap();
    changed(bytes, |tensors| {
        let renamed = |(key, tensor)| (format!("{root}{}", names[&key]), tensor);
        tensors.into_iter().map(renamed).collect()
    })
}

/// Fails if any number is off by more than 1e-4 of the greatest of the reference.
#[track_caller]
pub(crate) fn assert_parity<const D: usize>(found: &Tensor<D>, wanted: &Tensor<D>) {
    let error = off(found, wanted);
    assert!(error <= 1e-4, "off by {error:e} of the greatest");
}

/// How far the worst number is off, as a share of the greatest of the reference.
pub(crate) fn off<const D: usize>(found: &Tensor<D>, wanted: &Tensor<D>) -> f32 {
    let most = numbers(wanted)
        .iter()
        .fold(0.0_f32, |most, x| most.max(x.abs()));
    max_error(found, wanted) / most
}

/// Every key that did not fit.
#[track_caller]
pub(crate) fn problems<T: std::fmt::Debug>(read: Result<T, WeightsError>) -> Vec<Problem> {
    match read {
        Err(WeightsError::Unfit { problems, .. }) => problems,
        other => panic!("{other:?}"),
    }
}

/// The tensor of a parity file on the CPU.
pub(crate) fn on_cpu<const D: usize>(parity: &Tensors, name: &str) -> Tensor<D> {
    parity.get(name, &Device::flex())
}
