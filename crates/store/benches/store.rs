//! What one node of a run pays for the store: `cargo bench -p weft-store`.

use std::{
    hint::black_box,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use burn::tensor::{Device, Tensor};
use divan::{Bencher, counter::BytesCount};
use weft_store::{Limits, Store};
use weft_value::{AnyValue, Digest, Image, TYPES};

const COST: Duration = Duration::from_secs(1);

const LIMITS: Limits = Limits {
    memory_bytes: 1 << 32,
    disk_bytes: 1 << 32,
};

const RESULTS: usize = 10_000;

fn main() {
    divan::main();
}

fn key(number: usize) -> Digest {
    Digest::of(&number.to_le_bytes())
}

fn picture(side: usize) -> Arc<[AnyValue]> {
    let pixels = Tensor::full([1, 3, side, side], 0.5, &Device::flex());
    [AnyValue::new(Image::new(pixels))].into()
}

/// Keys in the order of their making, over and over.
struct Keys(Vec<Digest>, AtomicUsize);

impl Keys {
    fn new(count: usize) -> Self {
        Self((0..count).map(key).collect(), AtomicUsize::new(0))
    }

    fn next(&self) -> &Digest {
        &self.0[self.1.fetch_add(1, Ordering::Relaxed) % self.0.len()]
    }
}

fn filled(memory_bytes: u64, keys: &Keys) -> Store {
    let store = Store::in_memory(memory_bytes);
    let outputs = picture(1);
    for key in &keys.0 {
        store.put(*key, Arc::clone(&outputs), COST);
    }
    store
}

#[divan::bench(threads = [1, 2])]
fn find_in_memory(bencher: Bencher) {
    let keys = Keys::new(RESULTS);
    let store = filled(1 << 30, &keys);
    bencher.bench(|| store.find(black_box(keys.next())));
}

#[divan::bench(threads = [1, 2])]
fn get_from_memory(bencher: Bencher) {
    let keys = Keys::new(RESULTS);
    let store = filled(1 << 30, &keys);
    let device = Device::flex();
    bencher.bench(|| store.get(black_box(keys.next()), &device));
}

#[divan::bench]
fn find_nothing_in_memory(bencher: Bencher) {
    let store = filled(1 << 30, &Keys::new(RESULTS));
    let absent = Digest::of(b"absent");
    bencher.bench(|| store.find(black_box(&absent)));
}

#[divan::bench]
fn put_in_memory(bencher: Bencher) {
    let keys = Keys::new(RESULTS);
    let store = Store::in_memory(1 << 30);
    let outputs = picture(1);
    bencher.bench(|| store.put(*keys.next(), Arc::clone(&outputs), COST));
}

#[divan::bench]
fn put_in_memory_that_is_full(bencher: Bencher) {
    let keys = Keys::new(2 * RESULTS);
    let outputs = picture(1);
    let store = filled(300 * RESULTS as u64, &keys);
    bencher.bench(|| store.put(*keys.next(), Arc::clone(&outputs), COST));
}

fn open(folder: &Path, memory_bytes: u64) -> Store {
    let limits = Limits {
        memory_bytes,
        ..LIMITS
    };
    Store::open(folder, limits, TYPES.to_vec()).expect("a new folder can be used")
}

fn on_disk(side: usize, keys: &Keys) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let store = open(folder.path(), 0);
    let outputs = picture(side);
    for key in &keys.0 {
        store.put(*key, Arc::clone(&outputs), COST);
    }
    store.flush();
    (folder, store)
}

#[divan::bench]
fn find_on_disk(bencher: Bencher) {
    let keys = Keys::new(1000);
    let (_folder, store) = on_disk(8, &keys);
    bencher.bench(|| store.find(black_box(keys.next())));
}

#[divan::bench]
fn find_nothing_on_disk(bencher: Bencher) {
    let (_folder, store) = on_disk(8, &Keys::new(1000));
    let absent = Digest::of(b"absent");
    bencher.bench(|| store.find(black_box(&absent)));
}

#[divan::bench(args = [8, 64, 1024])]
fn get_from_disk(bencher: Bencher, side: usize) {
    let keys = Keys::new(10);
    let (_folder, store) = on_disk(side, &keys);
    let device = Device::flex();
    bencher
        .counter(BytesCount::new(side * side * 12))
        .bench(|| store.get(black_box(keys.next()), &device));
}

/// A hundred at a time, as a run makes them, until all are written.
#[divan::bench(args = [8, 64, 512], sample_count = 10)]
fn put_a_hundred_on_disk(bencher: Bencher, side: usize) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let store = open(folder.path(), 0);
    let outputs = picture(side);
    let next = AtomicUsize::new(0);
    bencher
        .counter(BytesCount::new(100 * side * side * 12))
        .bench_local(|| {
            for _ in 0..100 {
                let key = key(next.fetch_add(1, Ordering::Relaxed));
                store.put(key, Arc::clone(&outputs), COST);
            }
            store.flush();
        });
}
