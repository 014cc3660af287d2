//! Files as they are published, and what is said of those that cannot be read.

use std::{fs, path::Path};

use burn::module::Module;
use weft_diffusion::Prediction;
use weft_models::stable::kl::Scale;
use weft_node::{
    Facts, Node, Values,
    value::{AnyValue, File, Value},
};

use super::tiny::{
    NET, Parts, bytes, context, drawn, folder, grow, load, network, note, parts, sample, split,
    text, tiny, write,
};
use crate::{LatentScale, LoadCheckpoint, LoadControlNet, LoadVae, Predicts};

/// The parts of a network under the keys of a single file.
fn single(name: &str, root: &str, parts: Parts) -> Parts {
    let names = note(name, "single");
    let renamed = |(key, part): (String, _)| {
        let name = names[&key].as_str().unwrap();
        (format!("{root}{name}"), part)
    };
    parts.into_iter().map(renamed).collect()
}

/// A whole Stable Diffusion 1 in one file, of few channels but those of the text.
fn whole() -> Parts {
    let mut net = parts("unet_one");
    for end in ["attn2.to_k.weight", "attn2.to_v.weight"] {
        grow(&mut net, end, 1, 768);
    }
    let mut all = single("unet_one", "model.diffusion_model.", net);
    let vae = single(
        "autoencoder_one",
        "first_stage_model.",
        parts("autoencoder_one"),
    );
    all.extend(vae);
    let rooted = |(key, part)| (format!("cond_stage_model.transformer.{key}"), part);
    all.extend(parts("clip_quick").into_iter().map(rooted));
    all
}

#[test]
fn a_single_file_tells_its_family() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("whole.safetensors");
    write(&path, &whole());
    let found = load(&path).unwrap();
    assert_eq!(&*found.model.family, "Stable Diffusion 1");
    assert_eq!(found.model.prediction, Prediction::Eps);
    assert_eq!(found.model.scale, Scale::ONE);
    assert_eq!(found.encoders.parts.len(), 1);
    let net = found.model.net(&context()).unwrap();
    assert!(net.num_params() > 100_000);
    found.vae.net(&context()).unwrap();
    let node = LoadCheckpoint {
        file: File::open(&path).unwrap(),
        predicts: Some(Predicts::V),
        half: true,
    };
    let other = node.run(&mut context()).unwrap();
    assert_eq!(other.model.prediction, Prediction::V);
    assert_ne!(other.model.digest(), found.model.digest());
    assert_eq!(load(&path).unwrap().model.digest(), found.model.digest());
}

#[test]
fn an_autoencoder_is_taken_out_of_any_file_that_has_one() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("whole.safetensors");
    write(&path, &whole());
    let of = |path: &Path, family| {
        let node = LoadVae {
            file: File::open(path).unwrap(),
            family,
            half: false,
        };
        node.run(&mut context()).unwrap().config.scale
    };
    assert_eq!(of(&path, LatentScale::One), Scale::ONE);
    assert_eq!(of(&path, LatentScale::Xl), Scale::XL);
    // A config.json counts more.
    let config = note("autoencoder_one", "config");
    let path = network(root.path(), NET, &parts("autoencoder_one"), &config);
    assert_eq!(of(&path, LatentScale::Xl), Scale::ONE);
}

#[test]
fn weights_in_shards_are_those_in_one_file() {
    let root = tempfile::tempdir().unwrap();
    let index = folder(root.path(), 4);
    let one = load(&index).unwrap();
    let whole = drawn(sample(&one, &one.model));
    let unet = root.path().join("unet");
    fs::remove_file(unet.join(NET)).unwrap();
    split(&unet, "diffusion_pytorch_model", parts("unet_one"));
    let found = load(&index).unwrap();
    assert_eq!(drawn(sample(&found, &found.model)), whole);
    let shard = unet.join("diffusion_pytorch_model-00002-of-00002.safetensors");
    fs::remove_file(shard).unwrap();
    let error = load(&index).unwrap_err().to_string();
    assert!(
        error.contains("00002-of-00002") && error.contains("download it, too"),
        "{error}"
    );
}

#[test]
fn a_whole_model_may_lie_in_shards() {
    let root = tempfile::tempdir().unwrap();
    split(root.path(), "whole", whole());
    let path = root.path().join("whole.safetensors.index.json");
    let found = load(&path).unwrap();
    assert_eq!(&*found.model.family, "Stable Diffusion 1");
    found.model.net(&context()).unwrap();
    fs::write(&path, "{}").unwrap();
    let error = load(&path).unwrap_err().to_string();
    assert!(error.contains("weight_map"), "{error}");
}

/// What loading says of a file, which names it; the check before a run says it as well if `is_seen`.
#[track_caller]
fn refused(name: &str, bytes: &[u8], is_seen: bool) -> String {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(name);
    fs::write(&path, bytes).unwrap();
    let message = load(&path).unwrap_err().to_string();
    assert!(
        message.contains("input `file`") && message.contains(name),
        "{message}"
    );
    let mut values = Values::default();
    values.put("file", AnyValue::new(File::open(&path).unwrap()));
    let early = LoadCheckpoint::check(&Facts::new(&values));
    assert_eq!(early.is_err(), is_seen, "{early:?}");
    message
}

#[test]
fn files_that_are_no_checkpoints_are_refused_with_a_cure() {
    let pickle = refused("model.ckpt", b"PK\x03\x04and so on, for a while", true);
    assert!(
        pickle.contains("can run code") && pickle.contains(".safetensors"),
        "{pickle}"
    );
    let old = refused("model.pt", &[0x80, 2, 0x8a, 10, 1, 2, 3, 4, 5], true);
    assert!(old.contains("can run code"), "{old}");
    let text = refused(
        "model.safetensors",
        b"version https://git-lfs.github.com/spec/v1",
        true,
    );
    assert!(text.contains("not a safetensors file"), "{text}");
    let all = bytes("unet_one");
    let cut = refused("cut.safetensors", &all[..all.len() - 100], true);
    assert!(cut.contains("cut off") && cut.contains("download"), "{cut}");
    let cut = refused("head.safetensors", &all[..100], true);
    assert!(cut.contains("cut off"), "{cut}");
    let vae = refused("vae.safetensors", &bytes("autoencoder_one"), false);
    assert!(
        vae.contains("`LoadVae`") && vae.contains("take the single file"),
        "{vae}"
    );
    let tiny = refused("tiny.safetensors", &bytes("unet_one"), false);
    assert!(tiny.contains("a text of 32 channels"), "{tiny}");
}

#[test]
fn a_key_that_is_missing_is_named_before_anything_is_drawn() {
    let root = tempfile::tempdir().unwrap();
    let index = folder(root.path(), 4);
    let mut net = parts("unet_one");
    net.remove("conv_out.bias").unwrap();
    write(&root.path().join("unet").join(NET), &net);
    let found = load(&index).unwrap();
    let node = sample(&found, &found.model);
    let message = node.run(&mut context()).unwrap_err().to_string();
    for part in ["conv_out.bias is missing", NET, "take the single file"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_folder_that_lacks_a_part_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let index = folder(root.path(), 4);
    fs::remove_file(root.path().join("vae").join(NET)).unwrap();
    let message = load(&index).unwrap_err().to_string();
    assert!(
        message.contains("there is none of") && message.contains("vae"),
        "{message}"
    );
    fs::write(&index, r#"{"_class_name": "FluxPipeline"}"#).unwrap();
    let message = load(&index).unwrap_err().to_string();
    assert!(message.contains("FluxPipeline"), "{message}");
}

#[test]
fn words_of_another_family_are_refused_before_any_weight_is_read() {
    let (root, found) = tiny();
    fs::remove_dir_all(root.path().join("unet")).unwrap();
    let mut words = text(&found.encoders, "a cat").unwrap();
    let mut node = sample(&found, &found.model);
    words.tokens = words.tokens.narrow(2, 0, 24);
    node.positive = words;
    let message = node.run(&mut context()).unwrap_err().to_string();
    assert!(
        message.contains("a text of 24 channels, not 32"),
        "{message}"
    );
}

#[test]
fn a_control_net_is_not_read_out_of_other_files() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("other.safetensors");
    write(&path, &whole());
    let node = LoadControlNet {
        file: File::open(&path).unwrap(),
        half: false,
    };
    let message = node.run(&mut context()).unwrap_err().to_string();
    assert!(
        message.contains("`LoadCheckpoint`") && message.contains("other.safetensors"),
        "{message}"
    );
}

#[test]
fn a_model_whose_file_changed_is_not_current() {
    let (root, found) = tiny();
    assert!(found.model.is_current() && found.encoders.is_current() && found.vae.is_current());
    let config = root.path().join("unet/config.json");
    let mut other = fs::read_to_string(&config).unwrap();
    other.push(' ');
    fs::write(&config, other).unwrap();
    assert!(!found.model.is_current());
    fs::remove_file(root.path().join("vae").join(NET)).unwrap();
    assert!(!found.vae.is_current());
    assert!(found.encoders.is_current());
}
