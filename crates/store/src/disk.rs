//! The results on disk: one file for each key, which either is whole and right or is taken for absent.
//!
//! Nothing is locked. A file gets its name when it is complete, is never changed, and a key never means two
//! things, so any number of processes may write, read and remove; one that loses a file in a race makes the
//! result again.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use burn::tensor::Device;
use weft_value::{AnyValue, Digest};

use crate::{
    atomic::unfinished,
    entry::{self, Head, Sort},
    open::prepare,
    types::{Types, Unread},
};

/// How far the time of last use, which is the file's time of change, may lag.
const USE_IS_NOTED_EVERY: Duration = Duration::from_secs(60);

/// A folder of results.
pub(crate) struct Disk {
    root: PathBuf,
    types: Types,
    damaged: AtomicU64,
}

/// What there is under a key, as far as its head tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Result(Sort),
    Alias(Digest),
}

/// A result as it was read.
pub(crate) struct Stored {
    pub(crate) outputs: Arc<[AnyValue]>,
    pub(crate) cost: Duration,
}

/// What there is under a key.
pub(crate) enum Found {
    Result(Stored),
    Alias(Digest),
}

/// Which values of a result are read.
#[derive(Clone, Copy)]
pub(crate) enum Wanted<'a> {
    /// All, onto that device.
    All(&'a Device),
    /// Those that live on the host.
    Host,
}

impl Disk {
    pub(crate) fn new(root: PathBuf, types: Types) -> Self {
        Self {
            root,
            types,
            damaged: AtomicU64::new(0),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// How many files were not as they were written, and were removed.
    pub(crate) fn damaged(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    pub(crate) fn path(&self, key: &Digest) -> PathBuf {
        let name = key.to_string();
        self.root.join(&name[..2]).join(name)
    }

    /// Looks at the head of the file of that key; notes that it was used.
    pub(crate) fn look(&self, key: &Digest) -> Option<Seen> {
        let start = self.start(key)?;
        if start.head.sort != Sort::Alias {
            return Some(Seen::Result(start.head.sort));
        }
        let found = self.decode(key, &start.bytes, Wanted::Host)?;
        match found {
            Found::Alias(to) => Some(Seen::Alias(to)),
            Found::Result(_) => None,
        }
    }

    /// Reads the file of that key; notes that it was used.
    pub(crate) fn read(&self, key: &Digest, wanted: Wanted<'_>) -> Option<Found> {
        let bytes = self.start(key)?.rest().ok()?;
        self.decode(key, &bytes, wanted)
    }

    /// Whether the file of that key is whole and right; a damaged one is removed.
    pub(crate) fn verify(&self, key: &Digest) -> bool {
        let Some(Ok(bytes)) = self.start(key).map(Start::rest) else {
            return false;
        };
        let is_sound = entry::open(&bytes, key).is_some();
        if !is_sound {
            self.remove_damaged(key);
        }
        is_sound
    }

    fn decode(&self, key: &Digest, file: &[u8], wanted: Wanted<'_>) -> Option<Found> {
        match self.try_decode(key, file, wanted) {
            Ok(found) => Some(found),
            Err(Unread::UnknownType) => None,
            Err(Unread::Malformed) => {
                self.remove_damaged(key);
                None
            }
        }
    }

    fn try_decode(&self, key: &Digest, file: &[u8], wanted: Wanted<'_>) -> Result<Found, Unread> {
        let (head, body) = entry::open(file, key).ok_or(Unread::Malformed)?;
        if head.sort == Sort::Alias {
            let to = entry::decode_alias(body).ok_or(Unread::Malformed)?;
            return Ok(Found::Alias(to));
        }
        let mut values = Vec::new();
        // Nothing that lives on the host asks for a device.
        let no_device = Device::flex();
        for output in entry::decode_outputs(body).ok_or(Unread::Malformed)? {
            let device = match wanted {
                Wanted::All(device) => device,
                Wanted::Host if output.is_on_host => &no_device,
                Wanted::Host => continue,
            };
            values.push(self.types.decode(output.type_name, output.value, device)?);
        }
        Ok(Found::Result(Stored {
            outputs: values.into(),
            cost: head.cost,
        }))
    }

    /// Opens the file of that key and reads its first bytes, at least the head and all of an alias. A file
    /// whose head or length is wrong is removed.
    fn start(&self, key: &Digest) -> Option<Start> {
        let path = self.path(key);
        let mut file = fs::File::open(&path).ok()?;
        let metadata = file.metadata().ok()?;
        let mut bytes = Vec::with_capacity(entry::ALIAS_BYTES);
        let limit = entry::ALIAS_BYTES as u64;
        Read::take(&mut file, limit).read_to_end(&mut bytes).ok()?;
        match Head::read(&bytes, key) {
            Some(head) if head.length == metadata.len() => {
                note_use(&path, &metadata);
                Some(Start { file, head, bytes })
            }
            _ => {
                self.remove_damaged(key);
                None
            }
        }
    }

    /// Writes the file of that key, in one step.
    pub(crate) fn write(&self, key: &Digest, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.root);
        let mut file = match unfinished(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.make(folder)?;
                unfinished(folder)?
            }
            other => other?,
        };
        file.write_all(bytes)?;
        // Not forced to the disk: what a power failure tears is seen when it is read.
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Makes one of the folders in this one, and this one again if somebody has removed it.
    fn make(&self, folder: &Path) -> io::Result<()> {
        if !self.root.exists() {
            prepare(&self.root).map_err(io::Error::other)?;
        }
        fs::create_dir_all(folder)
    }

    /// Removes the file of that key, if there is one.
    pub(crate) fn remove(&self, key: &Digest) {
        // It may be gone already, or the disk may be read-only: either way it is not used.
        let _ = fs::remove_file(self.path(key));
    }

    fn remove_damaged(&self, key: &Digest) {
        self.damaged.fetch_add(1, Ordering::Relaxed);
        self.remove(key);
    }
}

/// A file whose head is right, read that far.
struct Start {
    file: fs::File,
    head: Head,
    bytes: Vec<u8>,
}

impl Start {
    /// Reads the rest, and gives the whole file.
    fn rest(mut self) -> io::Result<Vec<u8>> {
        let missing = self.head.length.saturating_sub(self.bytes.len() as u64);
        self.bytes
            .reserve(usize::try_from(missing).map_err(io::Error::other)?);
        self.file.read_to_end(&mut self.bytes)?;
        Ok(self.bytes)
    }
}

/// Sets the time of change to now, unless that was done lately or the clock has been set back.
fn note_use(path: &Path, metadata: &fs::Metadata) {
    let is_noted = metadata
        .modified()
        .is_ok_and(|then| then.elapsed().is_ok_and(|age| age < USE_IS_NOTED_EVERY));
    if !is_noted && let Ok(file) = fs::OpenOptions::new().write(true).open(path) {
        // On a read-only disk nothing is ever removed either.
        let _ = file.set_modified(SystemTime::now());
    }
}
