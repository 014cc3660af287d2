//! Which keys make a network, and what is said of files that are not read.

use std::{collections::HashMap, fs, path::Path};

use burn::tensor::Device;
use safetensors::{Dtype, SafeTensors, serialize, tensor::TensorView};
use weft_testing::{assert_close, max_error};

use super::{FILES, bytes, enlarged, largest, network, parity, picture};
use crate::{
    Problem, Weights, WeightsError,
    upscale::{ARCHITECTURES, Tiles, Upscaler},
};

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
    let wanted = parity.get("span_x2", &Device::flex());
    // The merged ones of the file are rounded to f16.
    let error = max_error(&found, &wanted) / largest(&wanted);
    assert!(error < 2e-2, "{error}");
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
                Err(error) => panic!("{name} without {gone}: {error}"),
            }
        }
    }
}

#[test]
fn a_small_file_that_promises_a_large_network_is_refused_at_once() {
    let zeros = vec![0; 2 << 20];
    let of = |shape: Vec<usize>| {
        let bytes = 2 * shape.iter().product::<usize>();
        TensorView::new(Dtype::F16, shape, &zeros[..bytes]).unwrap()
    };
    let promise = [
        ("conv_first.weight", of(vec![1024, 3, 3, 3])),
        ("body.0.rdb1.conv1.weight", of(vec![1024, 1])),
        ("body.127.rdb1.conv1.weight", of(vec![1, 1])),
    ];
    let error = refused(&serialize(promise, None).unwrap());
    assert!(
        matches!(
            error,
            WeightsError::Unfit {
                network: "ESRGAN",
                ..
            }
        ),
        "{error}"
    );
    let endless = [
        ("body.4294967295.rdb1.conv1.weight", of(vec![1, 1])),
        ("conv_first.weight", of(vec![4, 3, 3, 3])),
    ];
    let told = refused(&serialize(endless, None).unwrap()).to_string();
    assert!(
        told.contains("`body.4294967295`; the last that may be is 127"),
        "{told}"
    );
}

#[test]
fn one_kind_alone_takes_a_file() {
    let device = Device::flex();
    for (name, kind, _) in FILES {
        let bytes = bytes(name);
        let weights = Weights::new(&bytes, &device).unwrap().unwrapped();
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
