//! Parity with spandrel (tests/fixtures/upscale/make.py), tiles and steps.

mod files;

use std::{convert::Infallible, fs, path::Path};

use burn::tensor::{Device, Tensor, TensorData};
use weft_testing::{Tensors, fixture, for_each_device, max_error, numbers};

use super::{Tiles, Upscaler};

/// Each file with its kind and factor.
const FILES: [(&str, &str, usize); 13] = [
    ("esrgan_old_x1", "ESRGAN", 1),
    ("esrgan_between_x4", "ESRGAN", 4),
    ("esrgan_new_x2", "ESRGAN", 2),
    ("compact_x2", "Compact", 2),
    ("compact_x1", "Compact", 1),
    ("span_x4", "SPAN", 4),
    ("span_x2", "SPAN", 2),
    ("swinir_classical_x2", "SwinIR", 2),
    ("swinir_light_x3", "SwinIR", 3),
    ("swinir_real_x4", "SwinIR", 4),
    ("swinir_clean_x1", "SwinIR", 1),
    ("hat_x2", "HAT", 2),
    ("hat_x3", "HAT", 3),
];

fn bytes(name: &str) -> Vec<u8> {
    let path = format!("tests/fixtures/upscale/{name}.safetensors");
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn network(name: &str, device: &Device) -> Upscaler {
    Upscaler::read(&bytes(name), device).unwrap()
}

fn parity() -> Tensors {
    fixture(
        env!("CARGO_MANIFEST_DIR"),
        "tests/fixtures/upscale/parity.safetensors",
    )
}

fn enlarged(network: &Upscaler, rgb: Tensor<4>, tiles: Tiles) -> Tensor<4> {
    let Ok(large) = network.enlarge(rgb, tiles, |_, _| Ok::<_, Infallible>(()));
    large
}

fn largest(x: &Tensor<4>) -> f32 {
    numbers(x)
        .into_iter()
        .fold(0.0, |most, x| most.max(x.abs()))
}

/// A picture in which no two pixels are alike.
fn picture([height, width]: [usize; 2]) -> Tensor<4> {
    let pixels = (0..3 * height * width).map(|i| (i * 7919 % 10_007) as f32 / 10_007.0);
    let pixels = TensorData::new(pixels.collect::<Vec<_>>(), [1, 3, height, width]);
    Tensor::from_data(pixels, &Device::flex())
}

#[test]
fn each_network_draws_what_spandrel_draws() {
    let parity = parity();
    for_each_device(|device| {
        for (name, kind, scale) in FILES {
            let network = network(name, device);
            assert_eq!(
                (network.architecture(), network.scale()),
                (kind, scale),
                "{name}"
            );
            let wanted = parity.get::<4>(name, device);
            let found = enlarged(&network, parity.get("rgb", device), Tiles::WHOLE);
            let error = max_error(&found, &wanted) / largest(&wanted);
            assert!(error < 1e-4, "{name}: {error}");
        }
    });
}

#[test]
fn tiles_that_see_as_far_as_a_network_leave_no_seam() {
    for (name, kind, _) in FILES {
        let network = network(name, &Device::flex());
        let reach = network.reach();
        let rgb = picture([2 * reach + 14, 27]);
        let whole = enlarged(&network, rgb.clone(), Tiles::WHOLE);
        let tiles = Tiles {
            side: reach.div_ceil(2) + 5,
            overlap: reach,
        };
        let error = max_error(&enlarged(&network, rgb, tiles), &whole) / largest(&whole);
        // The attention of channels of HAT takes means over all that a tile sees.
        let bound = if kind == "HAT" { 1e-3 } else { 1e-5 };
        assert!(error < bound, "{name}: {error}");
    }
}

#[test]
fn tiles_see_no_further_than_32_pixels_by_themselves() {
    for (name, ..) in FILES {
        let network = network(name, &Device::flex());
        assert_eq!(network.overlap(), network.reach().min(32), "{name}");
    }
}

#[test]
fn pictures_smaller_than_a_window_are_enlarged() {
    for (name, _, scale) in FILES {
        let network = network(name, &Device::flex());
        for [height, width] in [[1, 1], [2, 9], [7, 1]] {
            let found = enlarged(&network, picture([height, width]), Tiles::WHOLE);
            assert_eq!(
                found.dims(),
                [1, 3, scale * height, scale * width],
                "{name}"
            );
            assert!(numbers(&found).iter().all(|x| x.is_finite()), "{name}");
        }
    }
}

#[test]
fn the_steps_of_each_network_are_counted_and_can_stop_it() {
    let tiles = Tiles {
        side: 9,
        overlap: 2,
    };
    for (name, ..) in FILES {
        let network = network(name, &Device::flex());
        let mut seen = Vec::new();
        let large = network.enlarge(picture([9, 10]), tiles, |done, total| {
            seen.push((done, total));
            Ok::<_, Infallible>(())
        });
        assert!(large.is_ok());
        let total = seen.len();
        let counted: Vec<_> = (1..=total).map(|done| (done, total)).collect();
        assert_eq!(seen, counted, "{name}");
        let stop = |done, _| if done == 2 { Err("stop") } else { Ok(()) };
        let stopped = network.enlarge(picture([9, 10]), tiles, stop);
        assert_eq!(stopped.map(|_| ()), Err("stop"), "{name}");
    }
}
