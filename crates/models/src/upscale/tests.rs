//! Parity with spandrel (tests/fixtures/upscale/make.py), tiles, and what is said of files that are not read.

use std::{collections::HashMap, convert::Infallible, fs, path::Path};

use burn::tensor::{Device, Tensor, TensorData};
use safetensors::{SafeTensors, serialize, tensor::TensorView};
use weft_testing::{Tensors, assert_close, fixture, for_each_device, max_error, numbers};

use super::{ARCHITECTURES, Tiles, Upscaler};
use crate::{Problem, WeightsError};

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

/// A file with its tensors under other keys.
fn renamed(name: &str, key: impl Fn(&str) -> Vec<String>) -> Vec<u8> {
    let bytes = bytes(name);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensors: HashMap<String, TensorView<'_>> = file
        .tensors()
        .into_iter()
        .flat_map(|(old, tensor)| key(&old).into_iter().map(move |new| (new, tensor.clone())))
        .collect();
    serialize(&tensors, None).unwrap()
}

fn refused(bytes: &[u8]) -> WeightsError {
    Upscaler::read(bytes, &Device::flex())
        .map(|_| ())
        .unwrap_err()
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

#[test]
fn the_three_names_of_the_layers_of_esrgan_are_one_network() {
    let newest = |key: &str| {
        let key = key.replace("RRDB_trunk", "body").replace(".RDB", ".rdb");
        let key = key
            .replace("trunk_conv", "conv_body")
            .replace("upconv", "conv_up");
        vec![key.replace("HRconv", "conv_hr")]
    };
    let oldest = |key: &str| {
        let key = key
            .replace("RRDB_trunk", "model.1.sub")
            .replace("trunk_conv", "model.1.sub.1");
        let names = [
            ("conv_first", 0),
            ("upconv1", 3),
            ("upconv2", 6),
            ("HRconv", 8),
            ("conv_last", 10),
        ];
        let key = names.into_iter().fold(key, |key, (name, i)| {
            key.replace(name, &format!("model.{i}"))
        });
        match key.strip_prefix("model.1.sub.0.") {
            Some(_) => vec![
                key.replace(".weight", ".0.weight")
                    .replace(".bias", ".0.bias"),
            ],
            None => vec![key],
        }
    };
    let name = "esrgan_between_x4";
    let device = Device::flex();
    let of = |network: &Upscaler| enlarged(network, picture([5, 6]), Tiles::WHOLE);
    let wanted = of(&network(name, &device));
    for bytes in [renamed(name, newest), renamed(name, oldest)] {
        let network = Upscaler::read(&bytes, &device).unwrap();
        assert_close(&of(&network), &wanted, 0.0);
    }
}

#[test]
fn of_weights_and_their_running_mean_the_mean_is_read() {
    let both = renamed("compact_x1", |key| {
        let key = key.strip_prefix("module.").unwrap();
        let twin = key.replace("body.0", "body.9");
        vec![format!("params_ema.{key}"), format!("params.{twin}")]
    });
    assert!(Upscaler::read(&both, &Device::flex()).is_ok());
}

#[test]
fn a_span_of_merged_convolutions_alone_is_read() {
    // Those of the file are merged already: spandrel does so where it reads them.
    let merged = renamed("span_x2", |key| {
        let is_part = key.contains(".sk.") || key.contains(".conv.");
        if is_part {
            Vec::new()
        } else {
            vec![key.to_owned()]
        }
    });
    let network = Upscaler::read(&merged, &Device::flex()).unwrap();
    let parity = parity();
    let found = enlarged(&network, parity.get("rgb", &Device::flex()), Tiles::WHOLE);
    assert_eq!(found.dims(), [2, 3, 26, 36]);
}

#[test]
fn every_key_that_does_not_fit_is_named_as_the_file_has_it() {
    for (name, gone) in [
        ("esrgan_new_x2", "body.0.rdb2.conv3.bias"),
        ("compact_x2", "params_ema.body.1.weight"),
        ("span_x4", "params.module.block_3.c2_r.conv.2.weight"),
        (
            "swinir_real_x4",
            "layers.0.residual_group.blocks.1.mlp.fc2.bias",
        ),
        (
            "hat_x2",
            "layers.1.residual_group.overlap_attn.norm1.weight",
        ),
    ] {
        let stray = gone.replace(".bias", ".stray").replace(".weight", ".stray");
        let changed = renamed(name, |key| {
            vec![if key == gone {
                stray.clone()
            } else {
                key.to_owned()
            }]
        });
        let WeightsError::Unfit { problems, .. } = refused(&changed) else {
            panic!("{name}");
        };
        let wanted = [Problem::Missing(gone.to_owned()), Problem::Unknown(stray)];
        assert_eq!(problems, wanted, "{name}");
    }
}

#[test]
fn no_key_that_is_lost_makes_a_file_one_of_another_kind_or_stops_the_program() {
    for (name, kind, _) in FILES {
        let whole = bytes(name);
        for gone in SafeTensors::deserialize(&whole).unwrap().names() {
            let holed = renamed(name, |key| {
                if key == gone {
                    Vec::new()
                } else {
                    vec![key.to_owned()]
                }
            });
            match Upscaler::read(&holed, &Device::flex()) {
                Ok(network) => assert_eq!(network.architecture(), kind, "{name} without {gone}"),
                Err(WeightsError::Unfit { network, .. } | WeightsError::Config { network, .. }) => {
                    assert_eq!(network, kind, "{name} without {gone}");
                }
                Err(error) => assert!(
                    name.starts_with("compact"),
                    "{name} without {gone}: {error}"
                ),
            }
        }
    }
}

#[test]
fn one_kind_alone_takes_a_file() {
    let device = Device::flex();
    for (name, kind, _) in FILES {
        let bytes = bytes(name);
        let weights = crate::Weights::new(&bytes, &device).unwrap().unwrapped();
        let found = ARCHITECTURES.iter().filter(|kind| (kind.detect)(&weights));
        assert_eq!(
            found.map(|kind| kind.name).collect::<Vec<_>>(),
            [kind],
            "{name}"
        );
    }
}

#[test]
fn a_pickle_is_not_read_and_the_way_out_is_told() {
    for start in [b"PK\x03\x04....", b"\x80\x02\x8a\x0a...."] {
        let told = refused(start).to_string();
        assert!(
            told.contains("pickle") && told.contains("save_file"),
            "{told}"
        );
    }
}

#[test]
fn a_network_that_is_not_known_is_told_with_its_keys() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hed_tiny.safetensors");
    let told = refused(&fs::read(path).unwrap()).to_string();
    let start = "the weights are those of no network that is known here (ESRGAN, Compact, SPAN, SwinIR, HAT); \
                 they hold `block1.conv1.bias`, `block1.conv1.weight`, ";
    assert!(told.starts_with(start), "{told}");
    assert!(told.ends_with("more keys"), "{told}");
}
