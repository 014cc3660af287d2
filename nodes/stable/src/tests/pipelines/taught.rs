//! A word that was learnt.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use half::f16;
use weft_node::{Node, value::File};
use weft_testing::numbers;

use super::Pipeline;
use crate::{
    LoadEmbedding, Sample, TextEncoders,
    tests::tiny::{Parts, context, text, write},
};

/// The learnt vectors of those names, in a file under those keys.
fn file(pipeline: &Pipeline, vectors: &[(&str, &str)]) -> PathBuf {
    let part = |(name, key): &(&str, &str)| {
        let rows = pipeline.reference.get::<2>(name, &Device::flex());
        let found = numbers(&rows).into_iter().map(f16::from_f32).collect();
        ((*key).to_owned(), (rows.dims().to_vec(), found))
    };
    let parts: Parts = vectors.iter().map(part).collect();
    let path = pipeline.root.path().join("thing.safetensors");
    write(&path, &parts);
    path
}

fn taught(pipeline: &Pipeline, file: &Path, word: Option<&str>) -> Result<TextEncoders, String> {
    let node = LoadEmbedding {
        encoders: pipeline.found.encoders.clone(),
        file: File::open(file).unwrap(),
        word: word.map(str::to_owned),
    };
    node.run(&mut context()).map_err(|error| error.to_string())
}

fn told(pipeline: &Pipeline, encoders: &TextEncoders, words: &str) -> Sample {
    let read = |words| text(encoders, words).unwrap();
    Sample {
        positive: read(words),
        negative: Some(read("a dog")),
        ..pipeline.run(pipeline.model())
    }
}

#[test]
fn a_learnt_word_is_meant_as_in_diffusers() {
    const ONE: &[(&str, &str)] = &[("clip_l", "emb_params")];
    const BOTH: &[(&str, &str)] = &[("clip_l", "clip_l"), ("clip_g", "clip_g")];
    for (pipeline, vectors) in [
        (Pipeline::one("taught"), ONE),
        (Pipeline::xl("taught_xl"), BOTH),
    ] {
        let file = file(&pipeline, vectors);
        let encoders = taught(&pipeline, &file, Some("<thing>")).unwrap();
        let run = |words| told(&pipeline, &encoders, words);
        pipeline.draws_the_same(run("A photo of a <thing>, unbelievablyish!"));
        pipeline.draws_another(run("A photo of a thing, unbelievablyish!"));
        // Named as the file, whatever the capitals.
        let encoders = taught(&pipeline, &file, None).unwrap();
        let words = "A photo of a Thing, unbelievablyish!";
        pipeline.draws_the_same(told(&pipeline, &encoders, words));
    }
}

#[test]
fn an_embedding_of_other_text_encoders_is_refused_with_its_file() {
    let pipeline = Pipeline::xl("taught_xl");
    let file = file(&pipeline, &[("clip_l", "emb_params")]);
    let error = taught(&pipeline, &file, None).unwrap_err();
    let told = error.contains("[32] numbers") && error.contains("take [32, 32]");
    assert!(told && error.contains("thing.safetensors"), "{error}");
    let empty = taught(&pipeline, &file, Some(" ")).unwrap_err();
    assert!(
        empty.contains("`word`") && empty.contains("it is empty"),
        "{empty}"
    );
}

#[test]
fn a_word_is_taught_once() {
    let pipeline = Pipeline::one("taught");
    let file = file(&pipeline, &[("clip_l", "<thing>")]);
    let again = LoadEmbedding {
        encoders: taught(&pipeline, &file, None).unwrap(),
        file: File::open(&file).unwrap(),
        word: Some("THING".to_owned()),
    };
    let error = again.run(&mut context()).err().unwrap().to_string();
    assert!(error.contains("`THING` is taught already"), "{error}");
}
