//! Parity with PyTorch (fixtures/make_compact.py), tiles, and what is said of weights that do not fit.

use std::{collections::HashMap, convert::Infallible, fs, path::Path};

use burn::tensor::{Device, Tensor, TensorData};
use safetensors::{Dtype, SafeTensors, serialize, tensor::TensorView};
use weft_testing::{Tensors, assert_close, fixture, for_each_device, max_error};

use crate::{
    Problem, WeightsError,
    upscale::{Tiles, Upscaler},
};

fn bytes(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn weights() -> Vec<u8> {
    bytes("fixtures/compact_tiny.safetensors")
}

fn tiny(device: &Device) -> Upscaler {
    Upscaler::read(&weights(), device).unwrap()
}

fn shipped(device: &Device) -> Upscaler {
    let path = "../../models/upscale/realesr-animevideov3-x4.safetensors";
    Upscaler::read(&bytes(path), device).unwrap()
}

fn parity() -> Tensors {
    fixture(
        env!("CARGO_MANIFEST_DIR"),
        "fixtures/compact_parity.safetensors",
    )
}

fn whole(network: &Upscaler, rgb: Tensor<4>) -> Tensor<4> {
    tiled(network, rgb, Tiles::WHOLE)
}

fn tiled(network: &Upscaler, rgb: Tensor<4>, tiles: Tiles) -> Tensor<4> {
    let Ok(large) = network.enlarge(rgb, tiles, |_, _| Ok::<_, Infallible>(()));
    large
}

/// A picture in which no two pixels are alike.
fn picture([batch, height, width]: [usize; 3]) -> Tensor<4> {
    let count = batch * 3 * height * width;
    let pixels = (0..count).map(|i| (i * 7919 % 1009) as f32 / 1009.0);
    let pixels = TensorData::new(pixels.collect::<Vec<_>>(), [batch, 3, height, width]);
    Tensor::from_data(pixels, &Device::flex())
}

/// What is said of the tiny weights after `change`.
fn refused(change: impl FnOnce(&mut HashMap<String, TensorView<'_>>)) -> WeightsError {
    let bytes = weights();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors = file.tensors().into_iter().collect();
    change(&mut tensors);
    let changed = serialize(&tensors, None).unwrap();
    Upscaler::read(&changed, &Device::flex())
        .map(|_| ())
        .unwrap_err()
}

#[test]
fn the_shipped_network_draws_what_pytorch_draws() {
    let parity = parity();
    for_each_device(|device| {
        let network = shipped(device);
        assert_eq!((network.scale(), network.reach()), (4, 18));
        let found = whole(&network, parity.get("drawn", device));
        assert_close(&found, &parity.get("shipped", device), 2e-5);
    });
}

#[test]
fn a_network_of_other_sizes_draws_what_pytorch_draws() {
    let parity = parity();
    for_each_device(|device| {
        let network = tiny(device);
        assert_eq!((network.scale(), network.reach()), (3, 3));
        let found = whole(&network, parity.get("rgb", device));
        assert_close(&found, &parity.get("tiny", device), 1e-5);
    });
}

#[test]
fn tiles_that_see_as_far_as_the_network_leave_no_seam() {
    let network = tiny(&Device::flex());
    let rgb = picture([2, 23, 31]);
    let wanted = whole(&network, rgb.clone());
    for side in [1, 4, 10, 23, 100] {
        let overlap = network.reach();
        let found = tiled(&network, rgb.clone(), Tiles { side, overlap });
        assert_eq!(found.dims(), wanted.dims());
        assert_close(&found, &wanted, 1e-5);
    }
}

#[test]
fn tiles_that_see_less_than_the_network_leave_seams() {
    let network = tiny(&Device::flex());
    let rgb = picture([1, 23, 31]);
    let overlap = network.reach() - 1;
    let found = tiled(&network, rgb.clone(), Tiles { side: 10, overlap });
    assert!(max_error(&found, &whole(&network, rgb)) > 1e-4);
}

#[test]
fn the_smallest_pictures_are_enlarged() {
    let network = shipped(&Device::flex());
    for (height, width) in [(1, 1), (3, 5), (1, 40)] {
        let tiles = Tiles {
            side: 16,
            overlap: network.reach(),
        };
        let rgb = picture([1, height, width]);
        let found = tiled(&network, rgb.clone(), tiles);
        assert_eq!(found.dims(), [1, 3, 4 * height, 4 * width]);
        assert_close(&found, &whole(&network, rgb), 1e-5);
    }
}

#[test]
fn a_step_that_fails_stops_the_work() {
    let mut seen = Vec::new();
    let tiles = Tiles {
        side: 8,
        overlap: 3,
    };
    let stopped = tiny(&Device::flex()).enlarge(picture([1, 8, 16]), tiles, |done, total| {
        seen.push((done, total));
        if done == 4 { Err("stop") } else { Ok(()) }
    });
    assert_eq!(stopped.map(|_| ()), Err("stop"));
    assert_eq!(seen, [(1, 6), (2, 6), (3, 6), (4, 6)]);
}

#[test]
fn every_key_that_does_not_fit_is_named() {
    let error = refused(|tensors| {
        tensors.remove("body.1.weight");
        let slopes = tensors["body.3.weight"].clone();
        tensors.insert("body.4.bias".to_owned(), slopes.clone());
        tensors.insert("head.weight".to_owned(), slopes);
    });
    let WeightsError::Unfit { problems, .. } = error else {
        panic!("{error}");
    };
    let shape = Problem::Shape {
        key: "body.4.bias".to_owned(),
        found: vec![5],
        wanted: vec![27],
    };
    let missing = Problem::Missing("body.1.weight".to_owned());
    let unknown = Problem::Unknown("head.weight".to_owned());
    assert_eq!(problems, [missing, shape, unknown]);
}

#[test]
fn a_last_layer_that_gives_no_squares_of_pixels_is_refused() {
    let error = refused(|tensors| {
        tensors.remove("body.4.weight");
    });
    let told = error.to_string();
    assert!(told.contains("`body.2.weight` gives 5 channels"), "{told}");
}

#[test]
fn numbers_of_layers_that_cannot_be_are_refused() {
    for body in ["5", "1000000", "18446744073709551615"] {
        let error = refused(|tensors| {
            let kernel = tensors["body.4.weight"].clone();
            tensors.insert(format!("body.{body}.weight"), kernel);
        });
        let told = error.to_string();
        assert!(told.contains(&format!("`body.{body}`")), "{told}");
    }
}

#[test]
fn a_number_that_is_none_is_refused() {
    let error = refused(|tensors| {
        let slopes = TensorView::new(Dtype::F32, vec![5], &[0xFF; 20]).unwrap();
        tensors.insert("body.3.weight".to_owned(), slopes);
    });
    assert!(
        error.to_string().contains("body.3.weight holds NaN"),
        "{error}"
    );
}

#[test]
fn a_torn_file_is_told_from_a_wrong_one() {
    let whole = weights();
    for bytes in [&whole[..whole.len() - 1], &whole[..100], b""] {
        let error = Upscaler::read(bytes, &Device::flex())
            .map(|_| ())
            .unwrap_err();
        assert!(matches!(error, WeightsError::Malformed(_)), "{error}");
    }
}
