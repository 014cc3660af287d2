//! Where a file lies in the cache, and whether what lies there is that file.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use hf_hub::api::sync::Metadata;
use sha2::{Digest, Sha256};

use crate::{Hub, HubError, HubName, patience::Pulse};

/// Where a file lies in the cache.
pub(crate) struct Places {
    /// Its bytes, by what the hub calls them.
    pub(crate) blob: PathBuf,
    /// Its name in its commit, which leads to them.
    pub(crate) pointer: PathBuf,
}

impl Places {
    /// Gives bytes that are here already the name, too.
    pub(crate) fn link(&self, hub: &Hub, name: &HubName, found: &Metadata) -> io::Result<()> {
        if let Some(folder) = self.pointer.parent() {
            fs::create_dir_all(folder)?;
        }
        if !self.pointer.exists() {
            fs::hard_link(&self.blob, &self.pointer)?;
        }
        hub.store()
            .repo(name.repo())
            .create_ref(found.commit_hash())
    }

    /// Whether what came is so long and, where the hub tells the SHA-256 of a large file as its name, is that file.
    pub(crate) fn check(&self, wanted: u64, tag: &str, pulse: &Pulse) -> Result<(), HubError> {
        let found = length(&self.pointer).unwrap_or(0);
        if found != wanted {
            return Err(HubError::WrongSize { found, wanted });
        }
        let is_hash = tag.len() == 64 && tag.bytes().all(|sign| sign.is_ascii_hexdigit());
        if is_hash && !hash(&self.pointer, pulse)?.eq_ignore_ascii_case(tag) {
            return Err(HubError::WrongBytes);
        }
        Ok(())
    }

    /// Takes away what would stop a download of so many bytes: a name that leads nowhere, and a part that cannot be
    /// the beginning of it.
    pub(crate) fn clear(&self, wanted: u64) -> io::Result<()> {
        if self.pointer.is_symlink() && !self.pointer.exists() {
            fs::remove_file(&self.pointer)?;
        }
        let part = self.blob.with_extension("part");
        if length(&part).is_some_and(|length| length >= wanted) {
            fs::remove_file(part)?;
        }
        Ok(())
    }
}

/// The SHA-256 of a file, in hex.
fn hash(path: &Path, pulse: &Pulse) -> Result<String, HubError> {
    let mut file = fs::File::open(path).map_err(HubError::Cache)?;
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

pub(crate) fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|found| found.len())
}
