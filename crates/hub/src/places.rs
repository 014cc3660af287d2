//! Where a file lies in the cache, where it waits until it is known to be that file, and how that is known.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{HubError, patience::Pulse};

/// Where a file lies in the cache, and what it is.
pub(crate) struct Places {
    /// Its bytes, by what the hub calls them.
    pub(crate) blob: PathBuf,
    /// Its name in its commit, which leads to them.
    pub(crate) pointer: PathBuf,
    /// The folder of the repository.
    pub(crate) repository: PathBuf,
    /// What the hub calls its bytes.
    pub(crate) tag: String,
    /// How many it has.
    pub(crate) wanted: u64,
}

impl Places {
    /// Whether the bytes are in the cache already.
    pub(crate) fn is_here(&self, pulse: &Pulse) -> Result<bool, HubError> {
        match self.check(&self.blob, pulse) {
            Ok(()) => Ok(true),
            Err(HubError::WrongSize { .. } | HubError::WrongBytes) => Ok(false),
            Err(why) => Err(why),
        }
    }

    /// Whether a file is so long and, where the hub tells the SHA-256 of a large file as its name, is that file.
    pub(crate) fn check(&self, path: &Path, pulse: &Pulse) -> Result<(), HubError> {
        let found = length(path).unwrap_or(0);
        if found != self.wanted || !path.is_file() {
            let wanted = self.wanted;
            return Err(HubError::WrongSize { found, wanted });
        }
        let is_hash = self.tag.len() == 64 && self.tag.bytes().all(|sign| sign.is_ascii_hexdigit());
        if is_hash && !hash(path, pulse)?.eq_ignore_ascii_case(&self.tag) {
            return Err(HubError::WrongBytes);
        }
        Ok(())
    }

    /// Takes bytes that were checked into the cache.
    pub(crate) fn take(&self, came: &Path) -> io::Result<()> {
        if let Some(folder) = self.blob.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::rename(came, &self.blob)
    }

    /// Gives bytes that are here the name that leads to them; `path` is that of the file in its repository.
    pub(crate) fn link(&self, path: &str) -> io::Result<()> {
        if self.pointer.exists() {
            return Ok(());
        }
        if self.pointer.is_symlink() {
            fs::remove_file(&self.pointer)?;
        }
        if let Some(folder) = self.pointer.parent() {
            fs::create_dir_all(folder)?;
        }
        // Out of its folders, the commit and the snapshots.
        let up = "../".repeat(path.matches('/').count() + 2);
        let target = PathBuf::from(format!("{up}blobs")).join(&self.tag);
        symlink(&target, &self.pointer).or_else(|_| fs::hard_link(&self.blob, &self.pointer))
    }
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Links need rights there.
#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Where a file waits until it is whole and checked, so that nobody takes it for the file before. One that broke off
/// stays there, to go on.
pub(crate) struct Incoming {
    /// A cache of its own, on the disk of the true one.
    pub(crate) folder: PathBuf,
    /// Held as long as this is.
    _lock: File,
    lock_path: PathBuf,
}

impl Incoming {
    /// That of a file, for this program alone.
    pub(crate) fn of(places: &Places) -> Result<Self, HubError> {
        let root = places.repository.join(".incoming");
        fs::create_dir_all(&root).map_err(HubError::Cache)?;
        let lock_path = root.join(format!("{}.lock", places.tag.replace('/', "-")));
        let lock = File::create(&lock_path).map_err(HubError::Cache)?;
        match lock.try_lock() {
            // A disk that knows no locks is one program's alone as far as anybody can tell.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => return Err(HubError::Locked(lock_path)),
        }
        Ok(Self {
            folder: lock_path.with_extension(""),
            _lock: lock,
            lock_path,
        })
    }

    /// Takes away what would stop a download of so many bytes to `staged`: what came before and is not the file, and a
    /// part that cannot be the beginning of it.
    pub(crate) fn prepare(&self, staged: &Path, wanted: u64) -> Result<(), HubError> {
        let part = staged.with_extension("part");
        let keeps = length(&part).is_some_and(|length| length < wanted) && !staged.exists();
        if !keeps {
            remove(&self.folder).map_err(HubError::Cache)?;
        }
        Ok(())
    }

    /// Nothing waits any more.
    pub(crate) fn clear(&self) {
        // What stays is found and taken away by the next one.
        let _ = remove(&self.folder);
        let _ = fs::remove_file(&self.lock_path);
        if let Some(root) = self.lock_path.parent() {
            let _ = fs::remove_dir(root);
        }
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

/// The SHA-256 of a file, in hex.
fn hash(path: &Path, pulse: &Pulse) -> Result<String, HubError> {
    let mut file = File::open(path).map_err(HubError::Cache)?;
    let (mut hasher, mut part) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        pulse.beat();
        match file.read(&mut part).map_err(HubError::Cache)? {
            0 => break,
            count => hasher.update(&part[..count]),
        }
    }
    let hex = |byte: &u8| format!("{byte:02x}");
    Ok(hasher.finalize().iter().map(hex).collect())
}

fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|found| found.len())
}
