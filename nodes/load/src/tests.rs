//! The nodes as a host runs them.

mod devices;

use std::{
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use burn::tensor::{Device, Tensor, TensorData};
use tempfile::TempDir;
use weft_node::{
    Context, Error, Facts, Job, Literal, Node, Provenance, Result, Values,
    value::{AnyValue, File, Folder, Image, Saved, Value},
};
use weft_vision::codec::{EncodeOptions, Format, encode};

use crate::{LoadFolder, LoadImage, LoadText, PACK};

/// A host that counts steps and can be told to cancel.
#[derive(Default)]
struct Host {
    steps: Mutex<Vec<(u64, u64)>>,
    is_cancelled: AtomicBool,
}

impl Job for Host {
    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
    fn step(&self, done: u64, total: u64) {
        self.steps.lock().unwrap().push((done, total));
    }
    fn preview(&self, _: &Image) {}
    fn save(&self, template: &str, _: &str, _: &[u8]) -> Result<Saved> {
        Err(Error::Io(template.to_owned()))
    }
    fn provenance(&self) -> Option<&Provenance> {
        None
    }
}

fn run<N: Node>(node: N) -> Result<N::Output> {
    node.run(&mut Context::detached(Device::flex()))
}

fn picture(numbers: Vec<f32>, channels: usize, format: Format) -> Vec<u8> {
    let width = numbers.len() / channels;
    let data = TensorData::new(numbers, [1, channels, 1, width]);
    let image = Image::new(Tensor::from_data(data, &Device::flex()));
    let options = EncodeOptions {
        format,
        ..EncodeOptions::default()
    };
    encode(&image, &options).unwrap()
}

fn grey(value: f32) -> Vec<u8> {
    picture(vec![value], 1, Format::Png)
}

fn numbers(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

fn folder_of(files: &[(&str, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn load_folder(path: &Path, pattern: &str) -> LoadFolder {
    LoadFolder {
        folder: Folder::open(path).unwrap(),
        pattern: pattern.to_owned(),
    }
}

fn load_text(bytes: &[u8]) -> Result<String> {
    let folder = folder_of(&[("a.txt", bytes.to_vec())]);
    run(LoadText {
        path: File::open(&folder.path().join("a.txt")).unwrap(),
    })
}

#[test]
fn alpha_becomes_the_mask_and_stays_in_the_picture() {
    let bytes = picture(vec![1.0, 0.0, 0.0, 1.0, 0.2, 0.2, 0.0, 0.6], 4, Format::Png);
    let folder = folder_of(&[("a.png", bytes)]);
    let loaded = run(LoadImage {
        path: File::open(&folder.path().join("a.png")).unwrap(),
    })
    .unwrap();
    assert_eq!(loaded.image.dims(), [1, 4, 1, 2]);
    assert_eq!(numbers(loaded.mask.coverage()), [0.0, 0.6]);
}

#[test]
fn a_picture_without_alpha_is_covered_everywhere() {
    let folder = folder_of(&[("a.png", picture(vec![0.0; 9], 3, Format::Png))]);
    let loaded = run(LoadImage {
        path: File::open(&folder.path().join("a.png")).unwrap(),
    })
    .unwrap();
    assert_eq!(loaded.mask.coverage().dims(), [1, 1, 1, 3]);
    assert_eq!(numbers(loaded.mask.coverage()), [1.0; 3]);
}

#[test]
fn a_broken_picture_is_an_error_that_ends_with_its_path() {
    let bytes = picture(vec![0.5; 300], 3, Format::Jpeg);
    let folder = folder_of(&[("a.jpg", bytes[..bytes.len() / 2].to_vec())]);
    let path = folder.path().join("a.jpg");
    let error = run(LoadImage {
        path: File::open(&path).unwrap(),
    })
    .err()
    .unwrap()
    .to_string();
    assert!(
        error.starts_with("input `path`: the JPEG ends before the picture is complete"),
        "{error}"
    );
    assert!(error.ends_with(&path.display().to_string()), "{error}");
}

#[test]
fn a_file_that_has_changed_since_the_plan_is_refused() {
    let folder = folder_of(&[("a.png", grey(0.2))]);
    let path = folder.path().join("a.png");
    let file = File::open(&path).unwrap();
    fs::write(&path, grey(0.4)).unwrap();
    let error = run(LoadImage { path: file }).err().unwrap();
    assert!(
        error
            .to_string()
            .contains("has changed since the run began"),
        "{error}"
    );
}

#[test]
fn a_folder_is_read_as_people_count_without_what_is_no_picture() {
    let folder = folder_of(&[
        ("10.png", grey(0.6)),
        ("2.PNG", grey(0.2)),
        ("no-extension", grey(1.0)),
        ("2.txt", b"Pictures of a cat".to_vec()),
        ("weights.bin", b"\x80\x02}q\x00.".to_vec()),
        (".hidden.png", grey(0.0)),
    ]);
    let host = Arc::new(Host::default());
    let node = load_folder(folder.path(), "*");
    let loaded = node
        .run(&mut Context::new(Device::flex(), host.clone()))
        .unwrap();
    assert_eq!(loaded.names.0, ["2", "10", "no-extension"]);
    let firsts: Vec<_> = loaded
        .images
        .iter()
        .map(|image| numbers(image.pixels())[0])
        .collect();
    assert_eq!(firsts, [0.2, 0.6, 1.0]);
    assert_eq!(host.steps.lock().unwrap().last(), Some(&(5, 5)));
}

#[test]
fn a_pattern_takes_names_in_either_case() {
    let folder = folder_of(&[
        ("a1.png", grey(0.0)),
        ("A2.PNG", grey(0.0)),
        ("b1.png", grey(0.0)),
    ]);
    let loaded = run(load_folder(folder.path(), "a?.{png,jpg}")).unwrap();
    assert_eq!(loaded.names.0, ["a1", "A2"]);
}

#[test]
fn a_broken_picture_in_a_folder_is_named_and_can_be_left_out() {
    let folder = folder_of(&[("a.png", grey(0.0)), ("b.png", b"nothing".to_vec())]);
    let error = run(load_folder(folder.path(), "*"))
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("leave it out with `pattern`") && error.ends_with("b.png"),
        "{error}"
    );
    assert!(run(load_folder(folder.path(), "a*")).is_ok());
}

#[test]
fn a_photograph_that_cannot_be_read_is_not_passed_over() {
    let heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00".to_vec();
    let folder = folder_of(&[("a.png", grey(0.0)), ("photo", heic)]);
    let error = run(load_folder(folder.path(), "*"))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("HEIC"), "{error}");
}

#[test]
fn a_folder_without_pictures_says_so() {
    let empty = folder_of(&[]);
    let error = run(load_folder(empty.path(), "*"))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("has no files"), "{error}");
    let texts = folder_of(&[("a.txt", b"a".to_vec()), ("b.txt", b"b".to_vec())]);
    let error = run(load_folder(texts.path(), "*"))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("none of the 2 files"), "{error}");
}

#[test]
fn a_cancelled_folder_stops_before_the_next_picture() {
    let folder = folder_of(&[("a.png", grey(0.0))]);
    let host = Arc::new(Host::default());
    host.is_cancelled.store(true, Ordering::Relaxed);
    let result = load_folder(folder.path(), "*").run(&mut Context::new(Device::flex(), host));
    assert!(matches!(result, Err(Error::Cancelled)));
}

#[test]
fn a_wrong_pattern_is_found_before_anything_runs() {
    let mut values = Values::default();
    let literal = Literal::Text("a[".into());
    values.put(
        "pattern",
        AnyValue::new(String::from_literal(&literal).unwrap()),
    );
    let error = LoadFolder::check(&Facts::new(&values))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("input `pattern`: `a[` is no pattern"),
        "{error}"
    );
}

#[test]
fn a_text_loses_its_byte_order_mark_and_nothing_else() {
    assert_eq!(
        load_text(b"\xef\xbb\xbfgr\xc3\xbc\xc3\x9fe\r\n").unwrap(),
        "grüße\r\n"
    );
    assert_eq!(load_text(b"").unwrap(), "");
}

#[test]
fn other_encodings_are_named() {
    let cases: [(&[u8], &str); 3] = [
        (b"\xff\xfeh\x00i\x00", "UTF-16"),
        (b"one\ntwo\ngr\xfc\xdfe", "line 3"),
        (b"a\x00b", "zero bytes"),
    ];
    for (bytes, word) in cases {
        let error = load_text(bytes).unwrap_err().to_string();
        assert!(error.contains(word) && error.contains("UTF-8"), "{error}");
    }
}

#[test]
fn the_pack_names_its_nodes() {
    let ids: Vec<_> = PACK.nodes().iter().map(|entry| entry.id).collect();
    assert_eq!(ids, ["load.LoadFolder", "load.LoadImage", "load.LoadText"]);
}
