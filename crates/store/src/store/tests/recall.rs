//! What was kept comes back, from memory and from disk, within both budgets.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use burn::tensor::Device;
use weft_value::{AnyValue, Color, ColorSpace, Image, Seed, Value, ValueType};

use crate::{
    Limits, Store, StoreError, Tier,
    samples::{DISK_ONLY, ROOMY, bits, first_text, image, key, long_text, mask, open, text},
};

const COST: Duration = Duration::from_millis(7);

fn cpu() -> Device {
    Device::flex()
}

#[test]
fn what_was_never_kept_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    for store in [Store::in_memory(1 << 20), open(folder.path(), ROOMY)] {
        assert_eq!(store.find(&key(1)), None);
        assert!(store.get(&key(1), &cpu()).is_none());
    }
}

#[test]
fn memory_gives_back_the_very_same_values() {
    let store = Store::in_memory(1 << 20);
    let outputs: Arc<[AnyValue]> = [image(4), mask(4)].into();
    store.put(key(1), Arc::clone(&outputs), COST);
    assert_eq!(store.find(&key(1)), Some(Tier::Memory));
    let recalled = store.get(&key(1), &cpu()).unwrap();
    assert!(Arc::ptr_eq(&recalled.outputs, &outputs));
    assert_eq!(
        (recalled.tier, recalled.cost, recalled.key),
        (Tier::Memory, COST, key(1))
    );
}

/// Every type that can be kept, in results of one and of several outputs.
fn results() -> Vec<Vec<AnyValue>> {
    let list = |items: Vec<AnyValue>| AnyValue::list(items[0].type_name(), items);
    let words = || AnyValue::new("Grüße, 世界\0".to_owned());
    vec![
        vec![],
        vec![AnyValue::new(true)],
        vec![AnyValue::new(i64::MIN)],
        vec![AnyValue::new(-0.0)],
        vec![AnyValue::new(f64::NAN)],
        vec![AnyValue::new(Seed(u64::MAX))],
        vec![AnyValue::new(Color([0.1, 0.2, 0.3, 1.0]))],
        vec![AnyValue::new(String::new())],
        vec![words()],
        vec![image(5)],
        vec![mask(1)],
        vec![AnyValue::list(image(1).type_name(), vec![])],
        vec![list(vec![image(1), image(2), image(9)])],
        vec![list(vec![
            list(vec![words()]),
            list(vec![words(), words()]),
        ])],
        vec![image(3), mask(3), words(), list(vec![words(), words()])],
    ]
}

#[test]
fn every_value_survives_a_restart_bit_by_bit() {
    let folder = tempfile::tempdir().unwrap();
    let results = results();
    let store = open(folder.path(), ROOMY);
    for (i, outputs) in results.iter().enumerate() {
        store.put(key(i as u64), outputs.as_slice().into(), COST);
    }
    drop(store);

    let store = open(folder.path(), DISK_ONLY);
    for (i, outputs) in results.iter().enumerate() {
        assert_eq!(store.find(&key(i as u64)), Some(Tier::Disk), "{outputs:?}");
        let recalled = store.get(&key(i as u64), &cpu()).unwrap();
        assert_eq!(bits(&recalled.outputs), bits(outputs), "{outputs:?}");
        assert_eq!((recalled.tier, recalled.cost), (Tier::Disk, COST));
    }
    assert_eq!(store.stats().damaged, 0);
    assert_eq!(store.verify().sound, results.len() as u64);
}

#[test]
fn a_picture_keeps_its_colour_space_and_shape() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), DISK_ONLY);
    store.put(key(1), [image(6)].into(), COST);
    store.flush();
    let recalled = store.get(&key(1), &cpu()).unwrap();
    let picture: &Image = recalled.outputs[0].get().unwrap();
    assert_eq!(picture.space(), ColorSpace::Linear);
    assert_eq!(picture.dims(), [2, 3, 6, 6]);
}

#[test]
fn what_was_read_from_disk_is_in_memory_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), ROOMY);
    store.put(key(1), [image(6)].into(), COST);
    store.put(key(2), text("words"), COST);
    drop(store);
    let store = open(folder.path(), ROOMY);
    for number in [1, 2] {
        let tier = |store: &Store| store.get(&key(number), &cpu()).unwrap().tier;
        assert_eq!(tier(&store), Tier::Disk);
        assert_eq!(store.find(&key(number)), Some(Tier::Memory));
        assert_eq!(tier(&store), Tier::Memory);
    }
}

#[test]
fn what_leaves_memory_is_still_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        memory_bytes: 10_000,
        ..ROOMY
    };
    let store = open(folder.path(), limits);
    for number in 0..100 {
        store.put(key(number), text(&number.to_string()), COST);
    }
    store.flush();
    assert!(store.stats().evicted > 50 && store.stats().memory.bytes <= 10_000);
    for number in 0..100 {
        let recalled = store.get(&key(number), &cpu()).unwrap();
        assert_eq!(first_text(&recalled.outputs), number.to_string());
    }
}

#[test]
fn a_large_result_that_is_quickly_made_again_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), ROOMY);
    store.put(key(1), long_text(1_000_000), Duration::from_millis(3));
    store.put(key(2), long_text(1_000_000), Duration::from_millis(5));
    store.put(key(3), long_text(60_000), Duration::ZERO);
    drop(store);
    let store = open(folder.path(), ROOMY);
    let found = [1, 2, 3].map(|number| store.find(&key(number)).is_some());
    assert_eq!(found, [false, true, true]);
}

#[test]
fn the_disk_budget_is_kept_and_the_oldest_go_first() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        memory_bytes: 0,
        disk_bytes: 1_000_000,
    };
    let store = open(folder.path(), limits);
    for number in 0..60 {
        store.put(key(number), long_text(30_000), COST);
        store.flush();
        assert!(store.disk_usage().unwrap().bytes <= 1_000_000);
    }
    assert_eq!(store.find(&key(0)), None);
    assert_eq!(store.find(&key(59)), Some(Tier::Disk));
    assert!(store.disk_usage().unwrap().entries > 20);
}

#[test]
fn a_budget_that_was_lowered_is_kept_from_the_next_write_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), DISK_ONLY);
    for number in 0..50 {
        store.put(key(number), long_text(30_000), COST);
    }
    drop(store);
    let limits = Limits {
        memory_bytes: 0,
        disk_bytes: 400_000,
    };
    let store = open(folder.path(), limits);
    store.put(key(50), text("one more"), COST);
    store.flush();
    assert!(store.disk_usage().unwrap().bytes <= 400_000);
}

#[test]
fn a_result_larger_than_the_disk_budget_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        memory_bytes: 1 << 20,
        disk_bytes: 8192,
    };
    let store = open(folder.path(), limits);
    store.put(key(1), text("small"), COST);
    store.put(key(2), long_text(10_000), COST);
    store.flush();
    assert_eq!(store.disk_usage().unwrap().entries, 1);
    assert_eq!(store.stats().unwritten, 1);
}

#[test]
fn a_type_that_is_not_known_here_is_absent_but_kept_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), DISK_ONLY);
    store.put(key(1), text("words"), COST);
    drop(store);
    let only_numbers = vec![ValueType::of::<i64>()];
    let store = Store::open(folder.path(), DISK_ONLY, only_numbers).unwrap();
    assert!(store.get(&key(1), &cpu()).is_none());
    drop(store);
    assert!(open(folder.path(), ROOMY).get(&key(1), &cpu()).is_some());
}

#[test]
fn a_value_that_cannot_be_kept_on_disk_stays_in_memory() {
    #[derive(Clone)]
    struct Handle;
    impl Value for Handle {
        const TYPE: &'static str = "Handle";
    }
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), ROOMY);
    store.put(key(1), [AnyValue::new(Handle)].into(), COST);
    store.flush();
    assert_eq!(store.find(&key(1)), Some(Tier::Memory));
    assert_eq!(store.disk_usage().unwrap().entries, 0);
    assert!(store.warnings().is_empty());
}

#[test]
fn clearing_forgets_everything_and_the_store_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), ROOMY);
    for number in 0..100 {
        store.put(key(number), long_text(1000), COST);
    }
    store.clear();
    assert_eq!(store.stats().memory.entries, 0);
    assert_eq!(store.disk_usage().unwrap().entries, 0);
    store.put(key(1), text("again"), COST);
    store.flush();
    assert_eq!(store.disk_usage().unwrap().entries, 1);
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error_and_not_a_store() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Store::open(file.path(), ROOMY, vec![]).err().unwrap();
    assert!(matches!(error, StoreError::File { .. }));
}

#[test]
fn ten_thousand_results_are_found_quickly() {
    let store = Store::in_memory(1 << 30);
    let keys: Vec<_> = (0..10_000).map(key).collect();
    for key in &keys {
        store.put(*key, text("words"), COST);
    }
    let start = Instant::now();
    for _ in 0..10 {
        for key in &keys {
            assert_eq!(store.find(key), Some(Tier::Memory));
        }
    }
    // Ten times what an unoptimised build takes; a search through everything takes minutes.
    assert!(start.elapsed() < Duration::from_secs(1));
}
