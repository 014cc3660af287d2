//! Parity with transformers (tests/fixtures/stable/make.py), and what is said of files and tokens that do not fit.

use burn::tensor::Device;
use weft_testing::{Tensors, for_each_device, numbers};

use super::{Activation, Clip, Config, End, IdsError, Take};
use crate::{
    Problem,
    stable::{
        File,
        parity::{assert_parity, changed, note, on_cpu, parity, problems, weights},
    },
};

fn read(bytes: &[u8], device: &Device) -> Clip {
    let config = Config::from_json(&note(bytes, "config")).unwrap();
    Clip::read(File::new(bytes, device), &config, 0).unwrap()
}

fn ids(parity: &Tensors) -> Vec<Vec<u32>> {
    let flat = numbers(&on_cpu::<2>(parity, "ids"));
    let rows = flat.chunks(10);
    rows.map(|row| row.iter().map(|&id| id as u32).collect())
        .collect()
}

#[track_caller]
fn has_parity(network: &Clip, parity: &Tensors, device: &Device) {
    for (name, take) in [
        ("last", Take::LAST),
        ("penultimate", Take::PENULTIMATE),
        ("raw_penultimate", Take::RAW_PENULTIMATE),
    ] {
        let found = network.encode(&ids(parity), take).unwrap();
        assert_parity(&found.tokens, &parity.get(name, device));
        assert_parity(&found.whole, &parity.get("whole", device));
    }
}

#[test]
fn an_encoder_of_transformers_says_what_transformers_says() {
    for_each_device(|device| {
        let network = read(&weights("clip_quick"), device);
        has_parity(&network, &parity("clip_quick"), device);
    });
}

#[test]
fn an_encoder_of_open_clip_in_a_single_file_says_what_transformers_says() {
    for_each_device(|device| {
        let network = read(&weights("clip_open"), device);
        has_parity(&network, &parity("clip_open"), device);
    });
}

#[test]
fn a_single_file_tells_the_sizes_of_its_encoder() {
    let bytes = weights("clip_open");
    let told = Config::from_json(&note(&bytes, "config")).unwrap();
    let derived = Config::derived(File::new(&bytes, &Device::flex()), 0).unwrap();
    assert_eq!(told.end, End::Word(63));
    assert_eq!(
        derived,
        Config {
            end: End::Highest,
            ..told
        }
    );
}

#[test]
fn every_place_of_an_encoder_in_a_single_file_is_known() {
    let bytes = weights("clip_quick");
    let config = Config::from_json(&note(&bytes, "config")).unwrap();
    for root in [
        "cond_stage_model.transformer.",
        "conditioner.embedders.0.transformer.",
    ] {
        let single = changed(&bytes, |tensors| {
            let placed = |(key, tensor)| (format!("{root}{key}"), tensor);
            tensors.into_iter().map(placed).collect()
        });
        let device = Device::flex();
        let file = File::new(&single, &device);
        has_parity(
            &Clip::read(file, &config, 0).unwrap(),
            &parity("clip_quick"),
            &device,
        );
        assert!(
            Clip::read(file, &config, 1)
                .unwrap_err()
                .to_string()
                .contains("no text encoder 1")
        );
    }
    let bare = changed(&bytes, |tensors| {
        let placed = |(key, tensor): (String, _)| (key.replace("text_model.", ""), tensor);
        tensors.into_iter().map(placed).collect()
    });
    let device = Device::flex();
    let file = File::new(&bare, &device);
    has_parity(
        &Clip::read(file, &config, 0).unwrap(),
        &parity("clip_quick"),
        &device,
    );
}

#[test]
fn keys_that_do_not_fit_are_named_as_the_file_names_them() {
    let bytes = weights("clip_open");
    let root = "conditioner.embedders.1.model.";
    let key = |leaf: &str| format!("{root}{leaf}");
    let block = "transformer.resblocks.1";
    let torn = changed(&bytes, |mut tensors| {
        tensors.remove(&key(&format!("{block}.ln_1.bias")));
        let bias = tensors
            .remove(&key(&format!("{block}.mlp.c_fc.bias")))
            .unwrap();
        tensors.insert(key("transformer.resblocks.2.ln_1.weight"), bias);
        tensors
    });
    let config = Config::from_json(&note(&bytes, "config")).unwrap();
    let found = problems(Clip::read(File::new(&torn, &Device::flex()), &config, 0));
    let missing = |leaf: &str| Problem::Missing(key(&format!("{block}.{leaf}")));
    let unknown = Problem::Unknown(key("transformer.resblocks.2.ln_1.weight"));
    assert_eq!(
        found,
        [missing("mlp.c_fc.bias"), missing("ln_1.bias"), unknown]
    );
}

#[test]
fn tokens_that_cannot_be_encoded_are_refused() {
    let network = read(&weights("clip_quick"), &Device::flex());
    let refused = |ids: &[Vec<u32>], take| network.encode(ids, take).unwrap_err();
    let length = |tokens| IdsError::Length { tokens, most: 16 };
    assert_eq!(refused(&[], Take::LAST), length(0));
    assert_eq!(refused(&[vec![1, 2], vec![1]], Take::LAST), length(1));
    assert_eq!(refused(&[vec![1; 17]], Take::LAST), length(17));
    assert_eq!(
        refused(&[vec![64]], Take::LAST),
        IdsError::Word { id: 64, words: 64 }
    );
    let deep = Take {
        skip: 4,
        normed: true,
    };
    assert_eq!(
        refused(&[vec![1]], deep),
        IdsError::Skip { skip: 4, layers: 3 }
    );
}

#[test]
fn the_published_sizes_are_read() {
    let json = r#"{"architectures": ["CLIPTextModel"], "vocab_size": 49408, "max_position_embeddings": 77,
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "hidden_act": "quick_gelu", "projection_dim": 768, "eos_token_id": 2, "layer_norm_eps": 1e-05}"#;
    let config = Config::from_json(json).unwrap();
    assert_eq!((config.projection, config.end), (None, End::Highest));
    assert_eq!(config.activation, Activation::QuickGelu);
    let error = Config::from_json(&json.replace("quick_gelu", "relu")).unwrap_err();
    assert!(
        error.to_string().contains("unknown variant `relu`"),
        "{error}"
    );
}
