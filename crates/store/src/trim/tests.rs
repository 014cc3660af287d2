//! What goes when the disk budget is spent.

use std::sync::atomic::{AtomicBool, Ordering};

use weft_value::TYPES;

use super::*;
use crate::{
    entry::encode_alias,
    samples::{Random, key},
    types::Types,
};

fn disk(folder: &Path) -> Disk {
    Disk::new(folder.to_owned(), Types::new(TYPES.to_vec()))
}

/// Writes the file of that key as if it had been used that many minutes ago.
fn write_used(disk: &Disk, number: u64, minutes: u64) {
    disk.write(&key(number), &encode_alias(&key(number), &key(0)))
        .unwrap();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(disk.path(&key(number)))
        .unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60 * minutes))
        .unwrap();
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let disk = disk(folder.path());
    for number in 1..=20 {
        write_used(&disk, number, 10 * ((number * 7) % 20));
    }
    // Reading counts as a use, so the oldest becomes the youngest.
    let oldest = (1..=20).find(|number| (number * 7) % 20 == 19).unwrap();
    assert!(disk.look(&key(oldest)).is_some());

    assert_eq!(disk.trim(11 * BLOCK_BYTES), 9 * BLOCK_BYTES);
    for number in 1..=20 {
        let is_young = (number * 7) % 20 < 8 || number == oldest;
        assert_eq!(disk.path(&key(number)).exists(), is_young, "{number}");
    }
}

#[test]
fn nothing_goes_while_the_budget_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let disk = disk(folder.path());
    for number in 1..=20 {
        write_used(&disk, number, number);
    }
    assert_eq!(disk.trim(20 * BLOCK_BYTES), 20 * BLOCK_BYTES);
    assert_eq!(disk.keys().len(), 20);
}

#[test]
fn what_is_not_ours_is_neither_counted_nor_removed() {
    let folder = tempfile::tempdir().unwrap();
    let disk = disk(folder.path());
    write_used(&disk, 1, 1);
    let strangers = ["ab/notes.txt", "pictures/a.png", "zz/file"];
    for name in strangers {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, [0; 10_000]).unwrap();
    }
    assert_eq!(disk.trim(0), 0);
    assert!(disk.keys().is_empty());
    for name in strangers {
        assert!(folder.path().join(name).exists(), "{name}");
    }
}

#[test]
fn only_unfinished_files_of_dead_processes_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let disk = disk(folder.path());
    let place = folder.path().join("ab");
    fs::create_dir(&place).unwrap();
    let (old, new) = (place.join(".weft-old.tmp"), place.join(".weft-new.tmp"));
    fs::write(&new, "half").unwrap();
    fs::write(&old, "half").unwrap();
    let file = fs::OpenOptions::new().write(true).open(&old).unwrap();
    file.set_modified(SystemTime::now() - 2 * ABANDONED_AFTER)
        .unwrap();
    assert_eq!(disk.usage(0).entries, 0);
    assert!(new.exists() && !old.exists());
}

#[test]
fn while_another_trims_this_one_only_counts() {
    let folder = tempfile::tempdir().unwrap();
    let disk = disk(folder.path());
    for number in 1..=20 {
        write_used(&disk, number, number);
    }
    let lock = disk.lock().unwrap();
    assert_eq!(disk.trim(0), 20 * BLOCK_BYTES);
    drop(lock);
    assert_eq!(disk.trim(0), 0);
}

#[test]
fn files_may_vanish_and_appear_while_it_trims() {
    let folder = tempfile::tempdir().unwrap();
    let disks = [disk(folder.path()), disk(folder.path())];
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut random = Random(1);
            while !is_over.load(Ordering::Relaxed) {
                let number = random.below(50);
                if random.below(2) == 0 {
                    disks[0].remove(&key(number));
                } else {
                    write_used(&disks[0], number, 1);
                    assert!(number < 50);
                }
            }
        });
        for _ in 0..100 {
            disks[1].trim(10 * BLOCK_BYTES);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert_eq!(disks[1].damaged(), 0);
}

#[test]
fn a_file_takes_whole_blocks() {
    assert_eq!(occupied(0), 0);
    assert_eq!(occupied(1), 4096);
    assert_eq!(occupied(4096), 4096);
    assert_eq!(occupied(4097), 8192);
}
