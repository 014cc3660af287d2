use burn::tensor::{Device, Tensor};
use safetensors::{Dtype, serialize, tensor::TensorView};
use weft_testing::{max_error, numbers};

use super::Embedding;
use crate::{
    Weights,
    stable::{
        File,
        clip::{Clip, Config, IdsError, Take},
        parity::{note, weights},
    },
};

/// A file of tensors, whose numbers count on.
fn file(tensors: &[(&str, &[usize])]) -> Vec<u8> {
    let made: Vec<Vec<u8>> = tensors
        .iter()
        .map(|(_, shape)| {
            let count = shape.iter().product::<usize>();
            (0..count).flat_map(|i| (i as f32).to_le_bytes()).collect()
        })
        .collect();
    let views = tensors.iter().zip(&made).map(|((key, shape), bytes)| {
        (
            *key,
            TensorView::new(Dtype::F32, shape.to_vec(), bytes).unwrap(),
        )
    });
    serialize(views, None).unwrap()
}

fn read(tensors: &[(&str, &[usize])]) -> Result<Embedding, String> {
    let bytes = file(tensors);
    Embedding::read(File::new(&bytes, &Device::flex())).map_err(|why| why.to_string())
}

#[test]
fn every_published_layout_is_read() {
    let dims = |found: Embedding| -> Vec<_> { found.rows().iter().map(Tensor::dims).collect() };
    assert_eq!(dims(read(&[("emb_params", &[3, 8])]).unwrap()), [[3, 8]]);
    assert_eq!(dims(read(&[("<cat-toy>", &[8])]).unwrap()), [[1, 8]]);
    let both = read(&[("clip_g", &[2, 10]), ("clip_l", &[2, 8])]).unwrap();
    assert_eq!(both.tokens(), 2);
    assert_eq!(dims(both), [[2, 8], [2, 10]]);
}

#[test]
fn what_is_no_embedding_is_refused_with_the_reason() {
    for (tensors, why) in [
        (
            &[("a", [1, 8].as_slice()), ("b", &[1, 8])][..],
            "it holds 2 tensors",
        ),
        (&[("clip_l", &[2, 8])], "clip_g"),
        (
            &[("clip_l", &[2, 8]), ("clip_g", &[3, 8])],
            "2 tokens for one text encoder and 3",
        ),
        (&[("emb_params", &[1, 2, 8])], "`emb_params` is [1, 2, 8]"),
        (&[("emb_params", &[0, 8])], "`emb_params` is [0, 8]"),
        (&[("emb_params", &[1, 8]), ("more", &[1])], "more"),
    ] {
        let found = read(tensors).unwrap_err();
        assert!(found.contains(why), "{found}");
    }
}

#[test]
fn learnt_vectors_stand_where_those_of_words_would() {
    let (bytes, device) = (weights("clip_quick"), Device::flex());
    let config = Config::from_json(&note(&bytes, "config")).unwrap();
    let network = Clip::read(File::new(&bytes, &device), &config, 0).unwrap();
    let words = config.words as u32;
    // The vectors of words 5 and 7, as if they had been learnt.
    let key = "text_model.embeddings.token_embedding.weight";
    let table = Weights::new(&bytes, &device)
        .unwrap()
        .tensor(key, [config.words, config.width]);
    let learnt = Tensor::cat(
        [5, 7].map(|row| table.clone().narrow(0, row, 1)).to_vec(),
        0,
    );
    let encode = |ids: Vec<u32>| {
        network
            .encode_learnt(&[ids], Take::LAST, Some(&learnt))
            .unwrap()
    };
    let known = encode(vec![1, 5, 2, 7, words - 1]);
    let found = encode(vec![1, words, 2, words + 1, words - 1]);
    assert_eq!(max_error(&found.tokens, &known.tokens), 0.0);
    // The highest word is the end, however high learnt ones count.
    assert_eq!(numbers(&found.whole), numbers(&known.whole));
    let beyond = network.encode_learnt(&[vec![1, words + 2]], Take::LAST, Some(&learnt));
    assert!(matches!(beyond, Err(IdsError::Word { .. })));
    assert!(network.encode(&[vec![1, words]], Take::LAST).is_err());
}
