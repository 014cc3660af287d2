//! What is loaded, when, and what goes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use weft_value::Digest;

use super::Models;
use crate::{Error, Result};

fn key(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

/// Counts how often it is loaded.
fn get(models: &Models, name: &str, bytes: u64, loads: &AtomicUsize) -> Result<Arc<String>> {
    models.get(key(name), || {
        loads.fetch_add(1, Ordering::Relaxed);
        Ok((name.to_owned(), bytes))
    })
}

#[test]
fn a_network_is_loaded_once_also_by_many_at_a_time() {
    let (models, loads) = (Models::new(100), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(*get(&models, "a", 60, &loads).unwrap(), "a"));
        }
    });
    assert_eq!(loads.into_inner(), 1);
}

#[test]
fn the_one_that_was_not_used_for_longest_goes() {
    let (models, loads) = (Models::new(100), AtomicUsize::new(0));
    for name in ["a", "b", "a", "c"] {
        get(&models, name, 40, &loads).unwrap();
    }
    assert_eq!(loads.load(Ordering::Relaxed), 3);
    get(&models, "a", 40, &loads).unwrap();
    assert_eq!(loads.load(Ordering::Relaxed), 3);
    get(&models, "b", 40, &loads).unwrap();
    assert_eq!(loads.load(Ordering::Relaxed), 4);
}

#[test]
fn one_that_is_larger_than_everything_still_works() {
    let (models, loads) = (Models::new(10), AtomicUsize::new(0));
    for _ in 0..2 {
        assert_eq!(*get(&models, "huge", 1000, &loads).unwrap(), "huge");
    }
    assert_eq!(loads.into_inner(), 1);
}

#[test]
fn a_failed_load_is_not_remembered() {
    let models = Models::new(10);
    let failed = models.get::<String>(key("a"), || Err(Error::Missing("gone".to_owned())));
    assert!(failed.is_err());
    let loads = AtomicUsize::new(0);
    assert_eq!(*get(&models, "a", 1, &loads).unwrap(), "a");
}

#[test]
fn another_type_under_the_key_is_read_anew() {
    let models = Models::new(10);
    assert_eq!(*models.get(key("a"), || Ok((1_u32, 1))).unwrap(), 1);
    assert_eq!(
        *models.get(key("a"), || Ok(("b".to_owned(), 1))).unwrap(),
        "b"
    );
}
