//! The store: memory, then disk, and the aliases that lead from one key to another.

use std::{path::Path, sync::Arc, time::Duration};

use burn::tensor::Device;
use parking_lot::Mutex;
use weft_value::{AnyValue, Digest, ValueType};

use crate::{
    StoreError,
    disk::{Disk, Found, Seen, Stored, Wanted},
    entry::Sort,
    memory::{Kept, Memory, all_bytes},
    open::prepare,
    policy::{is_worth_putting_aside, is_worth_writing},
    types::Types,
    writer::{Job, Writer},
};

#[cfg(test)]
mod tests;

/// How much a store may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in memory, with some 256 for each result beside its values.
    pub memory_bytes: u64,
    /// Bytes on disk, in blocks of 4096.
    pub disk_bytes: u64,
}

/// Where a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// In memory.
    Memory,
    /// On disk.
    Disk,
}

/// A result that was kept.
#[derive(Clone, Debug)]
pub struct Recalled {
    /// A value for each output of the node.
    pub outputs: Arc<[AnyValue]>,
    /// Where it was.
    pub tier: Tier,
    /// How long it took to make.
    pub cost: Duration,
    /// The key that it is kept by, where the aliases end.
    pub key: Digest,
}

/// What a tier holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Results and aliases.
    pub entries: u64,
    /// What they take.
    pub bytes: u64,
    /// What they may take.
    pub budget: u64,
}

/// What a store holds and has done since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// What is in memory.
    pub memory: Usage,
    /// Entries that had to leave memory.
    pub evicted: u64,
    /// Files written.
    pub written: u64,
    /// Results that should have been written and were not: the disk failed, was too slow, or is too small.
    pub unwritten: u64,
    /// Files that were not as they were written, and were removed.
    pub damaged: u64,
}

/// What [`Store::verify`] found on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Files that are whole and right.
    pub sound: u64,
    /// Files that were not, and are gone.
    pub removed: u64,
}

/// Keeps results by the key of their making: in memory, and in a folder if there is one.
///
/// Values in memory stay on the device where they were made, so a store serves one device. Any number of
/// threads may share a store, and any number of stores, in one process or several, may share a folder.
pub struct Store {
    memory: Mutex<Memory>,
    folder: Option<Folder>,
}

struct Folder {
    disk: Arc<Disk>,
    budget: u64,
    writer: Writer,
}

/// What one key leads to.
enum Step<T> {
    Here(T),
    Next(Digest),
    Absent,
}

impl Store {
    /// A store without a folder.
    pub fn in_memory(memory_bytes: u64) -> Self {
        Self {
            memory: Mutex::new(Memory::new(memory_bytes)),
            folder: None,
        }
    }

    /// A store that keeps results in `folder` as well, which is made if it is not there. Results whose
    /// values are of other `types` are not read.
    ///
    /// # Errors
    /// The folder is a file, holds other things, was made by a newer Weft, or cannot be written.
    pub fn open(folder: &Path, limits: Limits, types: Vec<ValueType>) -> Result<Self, StoreError> {
        prepare(folder)?;
        let disk = Arc::new(Disk::new(folder.to_owned(), Types::new(types)));
        let writer = Writer::start(Arc::clone(&disk), limits.disk_bytes).map_err(|source| {
            StoreError::Unusable {
                path: folder.to_owned(),
                source,
            }
        })?;
        Ok(Self {
            memory: Mutex::new(Memory::new(limits.memory_bytes)),
            folder: Some(Folder {
                disk,
                budget: limits.disk_bytes,
                writer,
            }),
        })
    }

    /// Where the result of that key is, without reading it. Aliases are followed. Receipts are checked: one
    /// that is no longer current is forgotten, with the result that it is part of.
    ///
    /// A result on disk may yet turn out to be damaged, or be gone, when it is read.
    pub fn find(&self, key: &Digest) -> Option<Tier> {
        follow(key, |at| match self.in_memory_at(at) {
            Step::Here(_) => Step::Here(Tier::Memory),
            Step::Next(to) => Step::Next(to),
            Step::Absent => self.find_on_disk(at),
        })
    }

    /// The result of that key, where it is current. What is read from disk comes onto `device`, and is kept
    /// in memory.
    pub fn get(&self, key: &Digest, device: &Device) -> Option<Recalled> {
        follow(key, |at| match self.in_memory_at(at) {
            Step::Here(stored) => Step::Here(stored.recalled(Tier::Memory, at)),
            Step::Next(to) => Step::Next(to),
            Step::Absent => self.get_from_disk(at, device),
        })
    }

    /// Keeps a node's outputs, one value for each; `cost` is the time it took to make them. They are on disk
    /// a little later, or after [`Store::flush`], if they are worth it: results of up to 64 KiB, and those
    /// that took longer to make than they take to write and read back.
    pub fn put(&self, key: Digest, outputs: Arc<[AnyValue]>, cost: Duration) {
        if let Some(folder) = &self.folder
            && is_worth_writing(all_bytes(&outputs), cost)
        {
            let job = Job::Result(key, Arc::clone(&outputs), cost);
            folder.writer.send(job);
        }
        self.keep(key, Kept::Result(outputs), cost);
    }

    /// Keeps outputs on disk alone, where there is one and making them took long: they are not expected to be asked
    /// for again soon.
    pub fn put_aside(&self, key: Digest, outputs: &Arc<[AnyValue]>, cost: Duration) {
        if let Some(folder) = &self.folder
            && is_worth_putting_aside(all_bytes(outputs), cost)
        {
            folder
                .writer
                .send(Job::Result(key, Arc::clone(outputs), cost));
        }
    }

    /// Says that the result of `from` is the one of `to`. A result that is kept by `from` itself comes first.
    pub fn alias(&self, from: Digest, to: Digest) {
        if from == to {
            return;
        }
        if let Some(folder) = &self.folder {
            folder.writer.send(Job::Alias(from, to));
        }
        self.keep_alias(from, to);
    }

    /// Waits until everything is written.
    pub fn flush(&self) {
        if let Some(folder) = &self.folder {
            folder.writer.flush();
        }
    }

    /// What is in memory, and what has happened. Cheap.
    pub fn stats(&self) -> Stats {
        let memory = self.memory.lock();
        let folder = self.folder.as_ref();
        Stats {
            memory: Usage {
                entries: memory.len() as u64,
                bytes: memory.bytes(),
                budget: memory.budget(),
            },
            evicted: memory.evicted(),
            written: folder.map_or(0, |folder| folder.writer.written()),
            unwritten: folder.map_or(0, |folder| folder.writer.unwritten()),
            damaged: folder.map_or(0, |folder| folder.disk.damaged()),
        }
    }

    /// What has gone wrong with the disk since the last call, in sentences; each thing is told once.
    pub fn warnings(&self) -> Vec<String> {
        self.folder
            .as_ref()
            .map(|folder| folder.writer.warnings())
            .unwrap_or_default()
    }

    /// Counts what is on disk, from all processes; `None` without a folder. Looks at every file.
    pub fn disk_usage(&self) -> Option<Usage> {
        let folder = self.folder.as_ref()?;
        Some(folder.disk.usage(folder.budget))
    }

    /// Reads every file on disk, and removes those that are not as they were written.
    pub fn verify(&self) -> Verified {
        self.flush();
        let mut verified = Verified::default();
        let Some(folder) = &self.folder else {
            return verified;
        };
        for key in folder.disk.keys() {
            match folder.disk.verify(&key) {
                true => verified.sound += 1,
                false => verified.removed += 1,
            }
        }
        verified
    }

    /// Forgets everything, in memory and on disk.
    pub fn clear(&self) {
        if let Some(folder) = &self.folder {
            folder.writer.cancel();
            for key in folder.disk.keys() {
                folder.disk.remove(&key);
            }
        }
        self.shed();
    }

    /// Lets go of everything in memory; what is on disk stays.
    pub fn shed(&self) {
        let gone = self.memory.lock().clear();
        drop(gone);
    }

    /// What memory holds for this very key. A result that is no longer current is forgotten.
    fn in_memory_at(&self, key: &Digest) -> Step<Stored> {
        let kept = self.memory.lock().look(key);
        match kept {
            None => Step::Absent,
            Some((Kept::Alias(to), _)) => Step::Next(to),
            // Checked without the lock: a receipt may hash a file.
            Some((Kept::Result(outputs), cost)) if are_current(&outputs) => {
                Step::Here(Stored { outputs, cost })
            }
            Some((Kept::Result(outputs), _)) => {
                self.memory.lock().remove_result(key, &outputs);
                Step::Absent
            }
        }
    }

    fn find_on_disk(&self, key: &Digest) -> Step<Tier> {
        let Some(Folder { disk, .. }) = &self.folder else {
            return Step::Absent;
        };
        match disk.look(key) {
            None => Step::Absent,
            Some(Seen::Alias(to)) => self.stepped(*key, to),
            Some(Seen::Result(Sort::Tensors | Sort::Alias)) => Step::Here(Tier::Disk),
            Some(Seen::Result(sort)) => match disk.read(key, Wanted::Host) {
                None => Step::Absent,
                Some(Found::Alias(to)) => self.stepped(*key, to),
                Some(Found::Result(stored)) if are_current(&stored.outputs) => {
                    if sort == Sort::Host {
                        self.keep(*key, Kept::Result(stored.outputs), stored.cost);
                    }
                    Step::Here(Tier::Disk)
                }
                Some(Found::Result(_)) => {
                    disk.remove(key);
                    Step::Absent
                }
            },
        }
    }

    fn get_from_disk(&self, key: &Digest, device: &Device) -> Step<Recalled> {
        let Some(Folder { disk, .. }) = &self.folder else {
            return Step::Absent;
        };
        match disk.read(key, Wanted::All(device)) {
            None => Step::Absent,
            Some(Found::Alias(to)) => self.stepped(*key, to),
            Some(Found::Result(stored)) if are_current(&stored.outputs) => {
                let outputs = Arc::clone(&stored.outputs);
                self.keep(*key, Kept::Result(outputs), stored.cost);
                Step::Here(stored.recalled(Tier::Disk, key))
            }
            Some(Found::Result(_)) => {
                disk.remove(key);
                Step::Absent
            }
        }
    }

    /// Follows an alias that was read from disk, and remembers it.
    fn stepped<T>(&self, from: Digest, to: Digest) -> Step<T> {
        self.keep_alias(from, to);
        Step::Next(to)
    }

    fn keep(&self, key: Digest, kept: Kept, cost: Duration) {
        let gone = self.memory.lock().keep(key, kept, cost);
        // Large tensors take a while to be freed; nobody should wait for that.
        drop(gone);
    }

    fn keep_alias(&self, from: Digest, to: Digest) {
        let gone = self.memory.lock().keep_alias(from, to);
        drop(gone);
    }
}

impl Stored {
    fn recalled(self, tier: Tier, key: &Digest) -> Recalled {
        Recalled {
            outputs: self.outputs,
            tier,
            cost: self.cost,
            key: *key,
        }
    }
}

fn are_current(outputs: &[AnyValue]) -> bool {
    outputs.iter().all(AnyValue::is_current)
}

/// Follows aliases until `look` finds something or nothing. Other processes write aliases too, so they may
/// run in a circle; Brent's algorithm (1980) notices that without remembering the way.
fn follow<T>(key: &Digest, mut look: impl FnMut(&Digest) -> Step<T>) -> Option<T> {
    let (mut at, mut mark) = (*key, *key);
    let (mut hops, mut limit) = (0u64, 1u64);
    loop {
        at = match look(&at) {
            Step::Here(found) => return Some(found),
            Step::Absent => return None,
            Step::Next(to) => to,
        };
        if at == mark {
            return None;
        }
        hops += 1;
        if hops == limit {
            (mark, hops, limit) = (at, 0, limit * 2);
        }
    }
}
