//! Threads, stores and processes on the same keys.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use burn::tensor::{Device, Tensor};
use weft_value::{AnyValue, Digest, Image};

use crate::{
    Limits, Store,
    samples::{Random, bits, key, open},
};

const COST: Duration = Duration::from_secs(1);

/// So little that results are evicted all the time, in memory and on disk.
const TIGHT: Limits = Limits {
    memory_bytes: 200_000,
    disk_bytes: 1_500_000,
};

const KEYS: u64 = 60;

/// The only result that the key ever has.
fn outputs_of(number: u64) -> Arc<[AnyValue]> {
    let side = 8 + (number as usize * 13) % 90;
    let pixels = Tensor::full([1, 3, side, side], number as f32, &Device::flex());
    [
        AnyValue::new(Image::new(pixels)),
        AnyValue::new(format!("number {number}")),
    ]
    .into()
}

fn alias_of(number: u64) -> Digest {
    key(1000 + number)
}

/// Looks up and keeps results at random, and checks that whatever comes back is right.
fn hammer(store: &Store, seed: u64, rounds: u32) -> u32 {
    let mut random = Random(seed);
    let mut recalled = 0;
    for _ in 0..rounds {
        let number = random.below(KEYS);
        store.find(&key(random.below(KEYS)));
        let asked = if random.below(3) == 0 {
            alias_of(number)
        } else {
            key(number)
        };
        if let Some(found) = store.get(&asked, &Device::flex()) {
            assert_eq!(bits(&found.outputs), bits(&outputs_of(number)));
            assert_eq!(found.key, key(number));
            recalled += 1;
        } else {
            store.put(key(number), outputs_of(number), COST);
            store.alias(alias_of(number), key(number));
        }
    }
    recalled
}

fn is_in_budget(folder: &Path) {
    // What one process wrote last, the other has not yet counted.
    let store = open(folder, TIGHT);
    store.put(key(KEYS), outputs_of(KEYS), COST);
    store.flush();
    assert!(store.disk_usage().unwrap().bytes <= TIGHT.disk_bytes);
    assert_eq!(store.verify().removed, 0);
}

#[test]
fn threads_share_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), TIGHT);
    let recalled: u32 = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|seed| {
                let store = &store;
                scope.spawn(move || hammer(store, seed, 500))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert!(recalled > 500, "only {recalled} of 2000 were recalled");
    assert_eq!(store.stats().damaged, 0);
    assert!(store.stats().evicted > 0);
    drop(store);
    is_in_budget(folder.path());
}

#[test]
fn stores_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    thread::scope(|scope| {
        for seed in 0..3 {
            let path = folder.path();
            scope.spawn(move || {
                let store = open(path, TIGHT);
                assert!(hammer(&store, seed, 400) > 50);
                store.flush();
                assert_eq!(store.stats().damaged, 0);
                assert_eq!(store.stats().unwritten, 0, "{:?}", store.warnings());
            });
        }
    });
    is_in_budget(folder.path());
}

const FOLDER: &str = "WEFT_STORE_TEST_FOLDER";

/// The body of one process of the next test; does nothing when it is run by itself.
#[test]
fn one_of_two_processes() {
    let Some(folder) = env::var_os(FOLDER) else {
        return;
    };
    let store = open(Path::new(&folder), TIGHT);
    assert!(hammer(&store, u64::from(std::process::id()), 600) > 50);
    store.flush();
    assert_eq!(store.stats().damaged, 0);
    assert_eq!(store.stats().unwritten, 0, "{:?}", store.warnings());
}

#[test]
fn processes_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        Command::new(env::current_exe().unwrap())
            .args(["--exact", "store::tests::sharing::one_of_two_processes"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    for process in [start(), start()] {
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
    }
    is_in_budget(folder.path());
}
