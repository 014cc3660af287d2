//! What is loaded, when, and what goes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use burn::{
    module::Param,
    tensor::{Device, Tensor},
};
use weft_tensor::{counted, is_gpu};
use weft_testing::for_each_device;
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

/// A network of 256 weights, which stand for what it has learnt.
fn learnt(models: &Models, device: &Device, name: &str, loads: &AtomicUsize) -> Vec<f32> {
    let read = || {
        loads.fetch_add(1, Ordering::Relaxed);
        let number = name.len() as f32;
        Ok(Param::from_tensor(Tensor::<1>::full([256], number, device)))
    };
    let network: Arc<Param<Tensor<1>>> = models.network(key(name), device, read).unwrap();
    assert_eq!(network.val().device(), *device);
    network.val().into_data().try_into_vec().unwrap()
}

#[test]
fn a_network_of_an_adapter_waits_on_the_host_and_comes_back_as_it_was() {
    for_each_device(|device| {
        let (models, loads) = (Models::new(1100).aside(1 << 20), AtomicUsize::new(0));
        assert_eq!(learnt(&models, device, "a", &loads), [1.0; 256]);
        assert_eq!(learnt(&models, device, "bb", &loads), [2.0; 256]);
        let (again, copies) = counted(|| learnt(&models, device, "a", &loads));
        assert_eq!(again, [1.0; 256]);
        // On the CPU there is nowhere else to wait, and it is read anew.
        let (loaded, crossed) = if is_gpu(device) { (2, 1024) } else { (3, 0) };
        assert_eq!(loads.load(Ordering::Relaxed), loaded);
        assert_eq!(copies.weights.bytes, crossed);
    });
}

#[test]
fn a_network_in_use_stays_where_it_is() {
    for_each_device(|device| {
        let models = Models::new(1 << 20).aside(1 << 20);
        let read = || Ok(Param::from_tensor(Tensor::<1>::ones([8], device)));
        let used: Arc<Param<Tensor<1>>> = models.network(key("a"), device, read).unwrap();
        models.shed();
        assert_eq!(used.val().device(), *device);
        // The same call puts it aside once nobody uses it.
        drop(used);
        let again = || models.network::<Param<Tensor<1>>>(key("a"), device, read);
        let kept = counted(|| again().map(drop)).1.weights.bytes;
        models.shed();
        let moved = counted(|| again().map(drop)).1.weights.bytes;
        assert_eq!((kept, moved), (0, if is_gpu(device) { 32 } else { 0 }));
    });
}
