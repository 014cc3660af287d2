//! Parity with transformers (tests/fixtures/stable/make.py), and what is said of files that do not fit.

use burn::tensor::{Device, Tensor};
use weft_testing::for_each_device;

use super::{ClipImage, Config};
use crate::{
    Problem,
    stable::{
        File,
        clip::Activation,
        parity::{assert_parity, changed, note, parity, problems, weights},
    },
};

#[test]
fn two_image_encoders_see_what_those_of_transformers_see() {
    for name in ["clip_image_one", "clip_image_two"] {
        let (bytes, parity) = (weights(name), parity(name));
        let config = Config::from_json(&note(&bytes, "config")).unwrap();
        for_each_device(|device| {
            let network = ClipImage::read(File::new(&bytes, device), &config).unwrap();
            let found = network.encode(parity.get("rgb", device));
            assert_parity(&found.hidden, &parity.get("hidden", device));
            let whole: Tensor<2> = parity.get("whole", device);
            assert_parity(&found.whole, &whole.unsqueeze_dim(1));
        });
    }
}

#[test]
fn sizes_are_told_by_shapes() {
    for name in ["clip_image_one", "clip_image_two"] {
        let bytes = weights(name);
        let told = Config::from_json(&note(&bytes, "config")).unwrap();
        let found = Config::derived(File::new(&bytes, &Device::flex()));
        if !told.width.is_multiple_of(16) {
            // Every published one has 16 heads.
            assert!(found.unwrap_err().to_string().contains("16 heads"));
            continue;
        }
        let wanted = Config {
            heads: 16,
            activation: Activation::Gelu,
            ..told
        };
        assert_eq!(found.unwrap(), wanted);
    }
}

#[test]
fn keys_that_do_not_fit_are_named() {
    let bytes = weights("clip_image_one");
    let torn = changed(&bytes, |mut tensors| {
        let norm = tensors.remove("vision_model.pre_layrnorm.bias").unwrap();
        tensors.insert("text_model.final_layer_norm.bias".to_owned(), norm.clone());
        tensors.insert(
            "vision_model.embeddings.patch_embedding.bias".to_owned(),
            norm,
        );
        tensors
    });
    let config = Config::from_json(&note(&bytes, "config")).unwrap();
    let found = problems(ClipImage::read(File::new(&torn, &Device::flex()), &config));
    let missing = Problem::Missing("vision_model.pre_layrnorm.bias".to_owned());
    let unknown = Problem::Unknown("vision_model.embeddings.patch_embedding.bias".to_owned());
    assert_eq!(found, [missing, unknown]);
}

#[test]
fn sizes_that_do_not_go_together_are_refused() {
    let json = note(&weights("clip_image_one"), "config");
    let told = |from: &str, to: &str| {
        assert!(json.contains(from), "{json}");
        Config::from_json(&json.replace(from, to))
            .unwrap_err()
            .to_string()
    };
    let error = told("\"patch_size\": 4", "\"patch_size\": 40");
    assert!(error.contains("no patch of 40 fits 16 pixels"), "{error}");
    let error = told("\"num_attention_heads\": 4", "\"num_attention_heads\": 3");
    assert!(
        error.contains("3 heads do not divide 32 channels"),
        "{error}"
    );
}
