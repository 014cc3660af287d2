//! Torn, flipped and foreign files, and disks that fail.

use std::{fs, path::PathBuf, time::Duration};

use burn::tensor::Device;
use weft_value::{AnyValue, Digest};

use crate::{
    Store, Tier,
    samples::{DISK_ONLY, ROOMY, first_text, image, key, long_text, open, text},
};

const COST: Duration = Duration::from_millis(7);

fn file_of(folder: &tempfile::TempDir, key: &Digest) -> PathBuf {
    let name = key.to_string();
    folder.path().join(&name[..2]).join(name)
}

fn is_absent(store: &Store, key: &Digest) -> bool {
    store.get(key, &Device::flex()).is_none()
}

#[test]
fn a_file_torn_anywhere_is_absent_removed_and_can_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let results: [std::sync::Arc<[AnyValue]>; 3] = [
        text("some words"),
        [image(2)].into(),
        [image(1), image(1)].into(),
    ];
    let store = open(folder.path(), DISK_ONLY);
    for outputs in results {
        store.put(key(1), outputs.clone(), COST);
        store.flush();
        let path = file_of(&folder, &key(1));
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            let lookups: [fn(&Store) -> bool; 2] = [
                |store| store.find(&key(1)).is_none(),
                |store| is_absent(store, &key(1)),
            ];
            for lookup in lookups {
                fs::write(&path, &whole[..length]).unwrap();
                assert!(lookup(&store), "torn at {length}");
                assert!(!path.exists(), "torn at {length}");
            }
        }
        store.put(key(1), outputs, COST);
        store.flush();
        assert_eq!(fs::read(&path).unwrap(), whole);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_file_with_any_bit_flipped_is_absent_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), DISK_ONLY);
    for outputs in [text("some words"), [image(1)].into()] {
        store.put(key(1), outputs, COST);
        store.flush();
        let path = file_of(&folder, &key(1));
        let whole = fs::read(&path).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &flipped).unwrap();
            assert!(is_absent(&store, &key(1)), "bit {bit}");
            assert!(!path.exists(), "bit {bit}");
        }
    }
    assert!(store.stats().damaged > 1000);
}

#[test]
fn a_torn_or_flipped_alias_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), DISK_ONLY);
    store.put(key(1), text("words"), COST);
    store.alias(key(2), key(1));
    store.flush();
    let path = file_of(&folder, &key(2));
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(store.find(&key(2)), None, "torn at {length}");
    }
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &flipped).unwrap();
        assert_eq!(store.find(&key(2)), None, "bit {bit}");
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(store.find(&key(2)), Some(Tier::Disk));
}

#[test]
fn a_file_of_something_else_or_of_another_key_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), DISK_ONLY);
    store.put(key(1), text("words"), COST);
    store.flush();
    let (own, other) = (file_of(&folder, &key(1)), file_of(&folder, &key(2)));
    fs::create_dir_all(other.parent().unwrap()).unwrap();
    for (i, foreign) in [
        &b"\x89PNG\r\n\x1a\n"[..],
        &fs::read(&own).unwrap(),
        &[0; 4096],
    ]
    .into_iter()
    .enumerate()
    {
        fs::write(&other, foreign).unwrap();
        assert_eq!(store.find(&key(2)), None, "{i}");
        assert!(!other.exists(), "{i}");
    }
}

#[test]
fn verifying_removes_what_is_damaged_and_leaves_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), DISK_ONLY);
    for number in 0..10 {
        store.put(key(number), text("words"), COST);
    }
    store.alias(key(10), key(0));
    store.flush();
    for number in [3, 7] {
        let path = file_of(&folder, &key(number));
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    let verified = store.verify();
    assert_eq!((verified.sound, verified.removed), (9, 2));
    assert_eq!(store.verify().removed, 0);
}

#[test]
fn a_failing_disk_fails_nothing_and_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), ROOMY);
    // Nothing can be written where the folders should be.
    for first in 0..=255u8 {
        fs::write(folder.path().join(format!("{first:02x}")), "").unwrap();
    }
    for number in 0..100 {
        store.put(key(number), text(&number.to_string()), COST);
        store.alias(key(1000 + number), key(number));
    }
    store.flush();
    for number in 0..100 {
        let recalled = store.get(&key(1000 + number), &Device::flex()).unwrap();
        assert_eq!(first_text(&recalled.outputs), number.to_string());
    }
    assert_eq!(store.stats().unwritten, 200);
    let expected = format!(
        "some results are not kept on disk: something on the way is a file, not a folder: {}",
        folder.path().display()
    );
    assert_eq!(store.warnings(), [expected]);
    store.put(key(500), text("more"), COST);
    store.flush();
    assert!(store.warnings().is_empty());
}

#[test]
fn a_folder_that_vanishes_is_survived() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache");
    let store = open(&path, DISK_ONLY);
    store.put(key(1), text("words"), COST);
    store.flush();
    fs::remove_dir_all(&path).unwrap();
    assert_eq!(store.find(&key(1)), None);
    store.put(key(1), long_text(10), COST);
    drop(store);
    // It can be opened again, so it is one of ours again.
    let store = open(&path, DISK_ONLY);
    assert_eq!(store.find(&key(1)), Some(Tier::Disk));
}
