//! Results that tell of files which may have changed since.

use std::{fs, time::Duration};

use burn::tensor::Device;
use weft_value::{AnyValue, Saved};

use crate::{
    Store, Tier,
    samples::{DISK_ONLY, ROOMY, image, key, open, receipt},
};

const COST: Duration = Duration::from_millis(7);

/// Stores that hold the receipt in memory, on disk, and in both.
fn for_each_store(body: impl Fn(&Store)) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    body(&Store::in_memory(1 << 20));
    body(&open(folders[0].path(), DISK_ONLY));
    body(&open(folders[1].path(), ROOMY));
}

#[test]
fn a_receipt_is_found_while_its_file_is_as_it_was() {
    for_each_store(|store| {
        let outer = tempfile::tempdir().unwrap();
        let saved = receipt(&outer.path().join("a.png"), b"picture");
        store.put(key(1), [saved].into(), COST);
        store.flush();
        assert!(store.find(&key(1)).is_some());
        let recalled = store.get(&key(1), &Device::flex()).unwrap();
        let saved: &Saved = recalled.outputs[0].get().unwrap();
        assert_eq!(saved.path(), outer.path().join("a.png"));
    });
}

#[test]
fn a_receipt_for_a_file_that_changed_or_is_gone_is_not_found() {
    let changes: [fn(&std::path::Path); 2] = [
        |path| fs::write(path, "other").unwrap(),
        |path| fs::remove_file(path).unwrap(),
    ];
    for change in changes {
        for_each_store(|store| {
            let outer = tempfile::tempdir().unwrap();
            let path = outer.path().join("a.png");
            // Alone, in a list, and beside a tensor.
            let alone = receipt(&path, b"picture");
            let list = AnyValue::list(alone.type_name(), vec![alone.clone(), alone.clone()]);
            store.put(key(1), [alone.clone()].into(), COST);
            store.put(key(2), [list].into(), COST);
            store.put(key(3), [image(2), alone].into(), COST);
            store.alias(key(4), key(1));
            store.flush();
            change(&path);
            for number in 1..=4 {
                assert_eq!(store.find(&key(number)), None, "{number}");
                assert!(store.get(&key(number), &Device::flex()).is_none());
            }
        });
    }
}

#[test]
fn a_result_that_is_out_of_date_is_dropped_for_good() {
    for_each_store(|store| {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("a.png");
        store.put(key(1), [receipt(&path, b"picture")].into(), COST);
        store.put(key(2), [receipt(&path, b"picture")].into(), COST);
        store.flush();
        fs::write(&path, "other").unwrap();
        assert_eq!(store.find(&key(1)), None);
        assert!(store.get(&key(2), &Device::flex()).is_none());
        fs::write(&path, "picture").unwrap();
        assert_eq!(store.find(&key(1)), None);
        assert_eq!(store.find(&key(2)), None);
    });
}

#[test]
fn a_receipt_that_was_remade_takes_the_place_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let outer = tempfile::tempdir().unwrap();
    let path = outer.path().join("a.png");
    let store = open(folder.path(), ROOMY);
    store.put(key(1), [receipt(&path, b"old")].into(), COST);
    store.flush();
    store.put(key(1), [receipt(&path, b"new")].into(), COST);
    drop(store);
    let store = open(folder.path(), ROOMY);
    assert_eq!(store.find(&key(1)), Some(Tier::Disk));
    assert_eq!(store.find(&key(1)), Some(Tier::Memory));
}
