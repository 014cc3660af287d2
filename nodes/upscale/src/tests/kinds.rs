//! Files of each kind of network, and files of none.

use std::{fs, path::PathBuf};

use burn::tensor::Device;
use weft_node::value::Image;
use weft_testing::max_error;

use super::{disc, model, run, upscale};
use crate::Upscale;

/// The path of a tiny network of any kind that the tests of models use.
fn tiny_of(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../crates/models/tests/fixtures/upscale")
        .join(format!("{name}.safetensors"))
}

#[test]
fn a_file_of_each_kind_is_taken_with_its_own_factor() {
    let device = Device::flex();
    for (name, own) in [
        ("esrgan_old_x1", 1),
        ("esrgan_between_x4", 4),
        ("esrgan_new_x2", 2),
        ("compact_x2", 2),
        ("span_x4", 4),
        ("swinir_classical_x2", 2),
        ("swinir_light_x3", 3),
        ("swinir_real_x4", 4),
        ("hat_x2", 2),
    ] {
        let of = |tile| {
            let node = Upscale {
                model: model(tiny_of(name)),
                tile,
                ..upscale(Image::new(disc(&device, (17, 20))))
            };
            run(node).unwrap().into_pixels()
        };
        let large = of(256);
        assert_eq!(large.dims(), [1, 3, own * 17, own * 20], "{name}");
        let seams = max_error(&large, &of(16));
        assert!(seams < 1e-3, "{name}: {seams}");
    }
}

/// What is said of a file of those bytes.
fn told_of(name: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let node = Upscale {
        model: model(path.clone()),
        ..upscale(Image::new(disc(&Device::flex(), (4, 4))))
    };
    let told = run(node).unwrap_err().to_string();
    assert!(
        told.starts_with("input `model`: the weights are "),
        "{told}"
    );
    assert!(told.ends_with(&path.display().to_string()), "{told}");
    told
}

#[test]
fn a_wrong_file_is_named_with_its_keys() {
    let strange = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../crates/models/fixtures/hed_tiny.safetensors");
    let told = told_of("hed.safetensors", &fs::read(strange).unwrap());
    assert!(
        told.contains("ESRGAN, Compact, SPAN, SwinIR, HAT") && told.contains("`block1.conv1.bias`"),
        "{told}"
    );
    let whole = fs::read(tiny_of("swinir_light_x3")).unwrap();
    let key = b"layers.0.conv.bias";
    let at = whole
        .windows(key.len())
        .position(|found| found == key)
        .unwrap();
    let mut wrong = whole;
    wrong[at..at + key.len()].copy_from_slice(b"layers.0.conv.biaz");
    let told = told_of("swinir.safetensors", &wrong);
    for line in [
        "not those of SwinIR:",
        "layers.0.conv.bias is missing",
        "layers.0.conv.biaz is unknown",
    ] {
        assert!(told.contains(line), "{told}");
    }
}

#[test]
fn a_pickle_is_refused_with_the_way_to_convert_it() {
    let told = told_of("model.pth", b"PK\x03\x04 archive/data.pkl");
    assert!(
        told.contains("pickle") && told.contains("save_file"),
        "{told}"
    );
}
