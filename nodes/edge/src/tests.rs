//! The nodes as a host sees them.

mod devices;

use std::fs;

use burn::tensor::{Device, Tensor};
use weft_node::{
    Context, Error, Facts, Node, Values,
    value::{AnyValue, ColorSpace, File, Image, Mask},
};
use weft_testing::for_each_device;

use crate::{Canny, Hed, Laplacian, PACK, Scharr, Sobel};

/// A square of light on a dark ground.
fn square(device: &Device, channels: usize) -> Image {
    let light = Tensor::full([1, channels, 12, 12], 0.6, device);
    Image::new(light.pad([(6, 6), (6, 6)], 0.2))
}

fn context(device: &Device) -> Context {
    Context::detached(device.clone())
}

fn numbers(mask: Mask) -> Vec<f32> {
    weft_testing::numbers(&mask.into_coverage())
}

fn canny(image: Image) -> Canny {
    Canny {
        image,
        sigma: 1.0,
        low: 0.03,
        high: 0.06,
    }
}

#[test]
fn canny_draws_around_a_square() {
    for_each_device(|device| {
        let edges = numbers(canny(square(device, 3)).run(&mut context(device)).unwrap());
        for (i, edge) in edges.iter().enumerate() {
            let inside = |v: usize, margin: usize| (6 + margin..18 - margin).contains(&v);
            let outside = |v: usize| !(4..20).contains(&v);
            let (y, x) = (i / 24, i % 24);
            if outside(y) || outside(x) || (inside(y, 2) && inside(x, 2)) {
                assert_eq!(*edge, 0.0, "{x}, {y}");
            }
        }
        for i in 8..16 {
            let crossings = [5 * 24 + i, 6 * 24 + i].map(|at| edges[at]);
            assert!(crossings.contains(&1.0), "no edge above at {i}");
        }
    });
}

#[test]
fn luma_alone_decides_whatever_the_channels() {
    let device = Device::flex();
    let of = |channels| {
        numbers(
            canny(square(&device, channels))
                .run(&mut context(&device))
                .unwrap(),
        )
    };
    assert!(of(1).contains(&1.0));
    assert_eq!(of(3), of(1));
}

#[test]
fn light_is_measured_as_it_is_encoded() {
    let device = Device::flex();
    let encoded = square(&device, 3);
    let to_linear = |value: f32| ((value + 0.055) / 1.055).powf(2.4);
    let light = Tensor::full([1, 3, 12, 12], to_linear(0.6), &device);
    let linear = Image::in_space(
        light.pad([(6, 6), (6, 6)], to_linear(0.2)),
        ColorSpace::Linear,
    );
    let of = |image| {
        numbers(
            Sobel { image, gain: 1.0 }
                .run(&mut context(&device))
                .unwrap(),
        )
    };
    for (a, b) in of(encoded).into_iter().zip(of(linear)) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
}

#[test]
fn measures_stay_within_a_mask() {
    for_each_device(|device| {
        let image = square(device, 1);
        let mut context = context(device);
        let sobel = Sobel {
            image: image.clone(),
            gain: 50.0,
        }
        .run(&mut context)
        .unwrap();
        let scharr = Scharr {
            image: image.clone(),
            gain: 50.0,
        }
        .run(&mut context)
        .unwrap();
        let laplacian = Laplacian { image, gain: 50.0 }.run(&mut context).unwrap();
        for mask in [sobel, scharr, laplacian].map(numbers) {
            assert!(mask.iter().all(|value| (0.0..=1.0).contains(value)));
            assert!(mask.contains(&1.0) && mask.iter().any(|value| *value < 1e-4));
        }
    });
}

#[test]
fn a_laplacian_shows_both_sides_of_an_edge() {
    let device = Device::flex();
    let image = square(&device, 1);
    let sides = numbers(
        Laplacian { image, gain: 1.0 }
            .run(&mut context(&device))
            .unwrap(),
    );
    for x in [5, 6] {
        assert!(
            (sides[12 * 24 + x] - 0.4).abs() < 1e-6,
            "{}",
            sides[12 * 24 + x]
        );
    }
}

#[test]
fn thresholds_in_the_wrong_order_are_refused_before_and_while_running() {
    let device = Device::flex();
    let told = |error: Error| {
        assert!(
            matches!(
                error,
                Error::Input {
                    input: Some("low"),
                    ..
                }
            ),
            "{error}"
        );
    };
    let mut values = Values::default();
    values.put("low", AnyValue::new(0.5_f64));
    assert!(Canny::check(&Facts::new(&values)).is_ok());
    values.put("high", AnyValue::new(0.4_f64));
    told(Canny::check(&Facts::new(&values)).unwrap_err());
    let node = Canny {
        low: 0.5,
        ..canny(square(&device, 1))
    };
    told(node.run(&mut context(&device)).unwrap_err());
}

#[test]
fn hed_without_weights_tells_how_to_make_them() {
    let device = Device::flex();
    let node = Hed {
        image: square(&device, 3),
        weights: None,
    };
    let error = node.run(&mut context(&device)).unwrap_err();
    assert!(matches!(error, Error::Missing(_)));
    assert!(
        error.to_string().contains("hed_weights.py hed.safetensors"),
        "{error}"
    );
}

#[test]
fn hed_names_the_file_that_is_not_its_weights() {
    let device = Device::flex();
    let path = std::env::temp_dir().join(format!("weft-hed-{}.safetensors", std::process::id()));
    fs::write(&path, b"not weights").unwrap();
    let weights = Some(File::open(&path).unwrap());
    let error = Hed {
        image: square(&device, 3),
        weights,
    }
    .run(&mut context(&device))
    .unwrap_err();
    fs::remove_file(&path).unwrap();
    assert!(
        error
            .to_string()
            .starts_with("input `weights`: the weights are not a whole safetensors file")
    );
    assert!(
        error.to_string().ends_with(&path.display().to_string()),
        "{error}"
    );
}

#[test]
fn every_node_is_in_the_pack_under_its_name() {
    let ids: Vec<_> = PACK.spec().nodes.into_iter().map(|node| node.id).collect();
    assert_eq!(
        ids,
        [
            "edge.Canny",
            "edge.Hed",
            "edge.Laplacian",
            "edge.Scharr",
            "edge.Sobel"
        ]
    );
}
