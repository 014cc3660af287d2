//! Keys that lead to other keys: chains, circles, restarts.

use std::time::Duration;

use burn::tensor::Device;

use crate::{
    Store, Tier,
    samples::{DISK_ONLY, ROOMY, first_text, key, open, text},
};

const COST: Duration = Duration::from_millis(7);

fn text_at(store: &Store, number: u64) -> Option<String> {
    let recalled = store.get(&key(number), &Device::flex())?;
    Some(first_text(&recalled.outputs).to_owned())
}

#[test]
fn an_alias_leads_to_the_result_whichever_came_first() {
    let store = Store::in_memory(1 << 20);
    store.put(key(1), text("one"), COST);
    store.alias(key(10), key(1));
    store.alias(key(20), key(2));
    assert_eq!(store.find(&key(20)), None);
    store.put(key(2), text("two"), COST);
    assert_eq!(text_at(&store, 10).as_deref(), Some("one"));
    assert_eq!(text_at(&store, 20).as_deref(), Some("two"));
    let recalled = store.get(&key(10), &Device::flex()).unwrap();
    assert_eq!(recalled.key, key(1), "the key where the alias ends");
}

#[test]
fn a_chain_of_aliases_is_followed_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let stores = [Store::in_memory(1 << 30), open(folder.path(), ROOMY)];
    for store in &stores {
        store.put(key(0), text("end"), COST);
        for number in 0..2000 {
            store.alias(key(number + 1), key(number));
        }
        assert_eq!(text_at(store, 2000).as_deref(), Some("end"));
    }
    drop(stores);
    let store = open(folder.path(), ROOMY);
    assert_eq!(store.find(&key(2000)), Some(Tier::Disk));
    assert_eq!(text_at(&store, 2000).as_deref(), Some("end"));
}

#[test]
fn aliases_in_a_circle_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    for length in [1, 2, 3, 7, 64] {
        let stores = [Store::in_memory(1 << 20), open(folder.path(), DISK_ONLY)];
        for store in &stores {
            for number in 0..length {
                store.alias(key(number), key((number + 1) % length));
            }
            // And one that leads into the circle.
            store.alias(key(1000), key(0));
            store.flush();
            for number in [0, length - 1, 1000] {
                assert_eq!(store.find(&key(number)), None);
                assert!(text_at(store, number).is_none());
            }
        }
    }
}

#[test]
fn a_result_in_a_circle_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    for store in [Store::in_memory(1 << 20), open(folder.path(), DISK_ONLY)] {
        for number in 0..5 {
            store.alias(key(number), key((number + 1) % 5));
        }
        store.put(key(3), text("here"), COST);
        store.flush();
        for number in 0..5 {
            assert_eq!(text_at(&store, number).as_deref(), Some("here"));
        }
    }
}

#[test]
fn aliases_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), ROOMY);
    store.alias(key(10), key(1));
    store.put(key(1), text("one"), COST);
    drop(store);
    let store = open(folder.path(), ROOMY);
    assert_eq!(store.find(&key(10)), Some(Tier::Disk));
    assert_eq!(text_at(&store, 10).as_deref(), Some("one"));
    assert_eq!(store.find(&key(10)), Some(Tier::Memory));
}

#[test]
fn a_later_alias_takes_the_place_of_an_earlier_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), ROOMY);
    store.put(key(1), text("one"), COST);
    store.put(key(2), text("two"), COST);
    store.alias(key(10), key(1));
    store.alias(key(10), key(2));
    assert_eq!(text_at(&store, 10).as_deref(), Some("two"));
    drop(store);
    let store = open(folder.path(), ROOMY);
    assert_eq!(text_at(&store, 10).as_deref(), Some("two"));
}

#[test]
fn a_result_of_its_own_comes_before_an_alias() {
    let folder = tempfile::tempdir().unwrap();
    for limits in [ROOMY, DISK_ONLY] {
        let store = open(folder.path(), limits);
        store.put(key(1), text("own"), COST);
        store.alias(key(1), key(2));
        store.alias(key(3), key(2));
        store.put(key(3), text("own"), COST);
        store.flush();
        assert_eq!(text_at(&store, 1).as_deref(), Some("own"));
        assert_eq!(text_at(&store, 3).as_deref(), Some("own"));
    }
}
