//! Parity with PyTorch on the shipped weights (fixtures/make_minilm.py), markers, and what is refused.

use std::sync::OnceLock;

use burn::tensor::{Device, Int, Tensor};
use weft_tensor::Precision;
use weft_testing::{assert_close, fixture, for_each_device, max_error, numbers};

use super::{Bert, Config, LENGTH, TextEncoder, TextError, WIDTH};
use crate::{Network, parameters::Numbers};

/// Those of the fixture.
const SENTENCES: [&str; 6] = [
    "a red fruit",
    "Draw [ref#1] cat in the style of [ref#2] .",
    "",
    "Crème brûlée, naïvely 3D-rendered!",
    "one sentence that is much longer than there is room for, so that its last words are cut off without mercy",
    "[ref#4] unbelievably [ref#3]",
];

pub(crate) fn encoder() -> &'static TextEncoder {
    static ENCODER: OnceLock<TextEncoder> = OnceLock::new();
    ENCODER.get_or_init(|| TextEncoder::shipped(&Device::flex()).unwrap())
}

fn ids(tensor: &Tensor<2, Int>) -> Vec<i32> {
    tensor.clone().try_into_vec_as::<i32>().unwrap()
}

#[test]
fn six_sentences_have_the_features_that_pytorch_gives() {
    let parity = fixture(
        env!("CARGO_MANIFEST_DIR"),
        "fixtures/minilm_parity.safetensors",
    );
    for_each_device(|device| {
        let encoder = TextEncoder::shipped(device).unwrap();
        let found = encoder.encode(&SENTENCES, 16).unwrap();
        assert_eq!(
            max_error(&found.text.mask, &parity.get("mask", device)),
            0.0
        );
        let present = found.text.mask.unsqueeze_dim::<3>(2);
        let (features, wanted) = (
            found.text.features * present,
            parity.get("features", device),
        );
        let sentences = parity.get("sentences", device);
        println!(
            "features {:e}, sentences {:e}",
            max_error(&features, &wanted),
            max_error(&found.sentences, &sentences)
        );
        assert_close(&features, &wanted, 1e-4);
        assert_close(&found.sentences, &sentences, 1e-5);
        // What f16 costs.
        let first = found.sentences.narrow(0, 0, 1);
        assert_close(&first, &parity.get("full", device), 1e-3);
    });
}

#[test]
fn markers_are_tokens_of_their_own() {
    let found = encoder().encode(&SENTENCES[1..2], 16).unwrap();
    let wanted = [0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(ids(&found.text.markers), wanted);
    assert_eq!(encoder().count("[ref#4][ref#1]").unwrap(), 4);
    // These are none: they are read letter by letter.
    assert!(encoder().count("[ref#5]").unwrap() > 4);
    assert!(encoder().count("[REF#1]").unwrap() > 4);
}

#[test]
fn the_room_behind_a_text_changes_nothing() {
    let (near, far) = (
        encoder().encode(&SENTENCES[..2], 16),
        encoder().encode(&SENTENCES[..2], LENGTH),
    );
    let (near, far) = (near.unwrap(), far.unwrap());
    assert_eq!(far.text.features.dims(), [2, LENGTH, WIDTH]);
    assert_close(&far.sentences, &near.sentences, 1e-6);
    let alone = encoder().encode(&SENTENCES[..1], 16).unwrap();
    assert_close(&alone.sentences, &near.sentences.narrow(0, 0, 1), 1e-6);
}

#[test]
fn alike_sentences_are_nearer_than_others() {
    let texts = [
        "a strawberry",
        "a red fruit",
        "a red car",
        "an invoice for consulting",
    ];
    let found = encoder().encode(&texts, LENGTH).unwrap().sentences;
    let lengths = numbers(&found.clone().powi_scalar(2).sum_dim(1));
    assert!(lengths.iter().all(|length| (length - 1.0).abs() < 1e-5));
    let products = found.clone().matmul(found.transpose());
    let near = numbers(&products.narrow(0, 0, 1));
    assert!(near[1] > near[2] && near[2] > near[3], "{near:?}");
}

#[test]
fn many_texts_are_encoded_in_parts() {
    let texts: Vec<_> = (0..40).map(|i| format!("{i} apples")).collect();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    let found = encoder().encode(&texts, 8).unwrap();
    assert_eq!(found.text.features.dims(), [40, 8, WIDTH]);
    let last = encoder().encode(&texts[39..], 8).unwrap();
    assert_close(&found.sentences.narrow(0, 39, 1), &last.sentences, 1e-6);
}

#[test]
fn what_cannot_be_read_is_told() {
    let device = Device::flex();
    let told = |weights: &[u8], tokenizer: &[u8]| {
        TextEncoder::read(weights, tokenizer, &device)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    let tiny = Config {
        words: 50,
        positions: 8,
        width: 6,
        layers: 1,
        heads: 2,
        dense: 8,
    };
    let small = Bert::new(&tiny, 1, &device, Precision::F32).unwrap();
    let small = small.to_safetensors(Numbers::F16).unwrap();
    let tokenizer = weft_shipped::TOKENIZER;
    let error = told(&small, tokenizer);
    assert!(
        error.contains("it has 30522 words, the weights 50"),
        "{error}"
    );
    let error = told(&small, &tokenizer[..1000]);
    assert!(
        error.starts_with("the tokeniser cannot be used: "),
        "{error}"
    );
    assert!(told(&small[..9], tokenizer).starts_with("the weights are not a whole"));
    let refused = |length| encoder().encode(&["a"], length).map(|_| ());
    assert!(matches!(
        refused(1),
        Err(TextError::Room {
            tokens: 1,
            most: 512
        })
    ));
    assert!(matches!(refused(513), Err(TextError::Room { .. })));
}
