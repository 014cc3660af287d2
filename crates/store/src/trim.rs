//! The byte budget of a folder: what was not used for longest goes first.

use std::{
    fs, io,
    path::Path,
    time::{Duration, SystemTime},
};

use weft_value::Digest;

use crate::{Usage, atomic::UNFINISHED, disk::Disk};

#[cfg(test)]
mod tests;

/// The file that a process locks while it trims; reading and writing never wait for it.
pub(crate) const LOCK: &str = "lock";

/// Disks give out space in blocks; a file of one byte takes one.
const BLOCK_BYTES: u64 = 4096;

/// An unfinished file this old was left by a process that died.
const ABANDONED_AFTER: Duration = Duration::from_secs(3600);

/// What a file of that length takes on disk.
pub(crate) fn occupied(length: u64) -> u64 {
    length.div_ceil(BLOCK_BYTES).saturating_mul(BLOCK_BYTES)
}

struct Found {
    used_at: SystemTime,
    bytes: u64,
    key: Digest,
}

impl Disk {
    /// Counts the files of this folder.
    pub(crate) fn usage(&self, budget: u64) -> Usage {
        let found = self.survey();
        Usage {
            entries: found.len() as u64,
            bytes: found.iter().map(|file| file.bytes).sum(),
            budget,
        }
    }

    /// The keys of all files, in no order.
    pub(crate) fn keys(&self) -> Vec<Digest> {
        self.survey().into_iter().map(|found| found.key).collect()
    }

    /// Removes the files that were not used for longest until the rest take nine tenths of the budget, if
    /// they take more than all of it; says what the rest take. While another process trims, this one only
    /// counts.
    pub(crate) fn trim(&self, budget: u64) -> u64 {
        let mut found = self.survey();
        let mut bytes: u64 = found.iter().map(|file| file.bytes).sum();
        if bytes <= budget {
            return bytes;
        }
        let Ok(lock) = self.lock() else {
            return bytes;
        };
        found.sort_unstable_by_key(|file| (file.used_at, file.key));
        let enough = budget - budget / 10;
        for file in found {
            if bytes <= enough {
                break;
            }
            self.remove(&file.key);
            bytes -= file.bytes;
        }
        // Dropping the file gives the lock back.
        drop(lock);
        bytes
    }

    fn lock(&self) -> io::Result<fs::File> {
        let file = fs::File::create(self.root().join(LOCK))?;
        file.try_lock()?;
        Ok(file)
    }

    /// Finds the files of this folder, and removes abandoned ones. What vanishes meanwhile is left out.
    fn survey(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for folder in entries(self.root()) {
            let name = folder.file_name();
            let is_ours = name.len() == 2 && name.as_encoded_bytes().iter().all(is_hex_digit);
            if is_ours {
                found.extend(entries(&folder.path()).filter_map(|file| survey_file(&file)));
            }
        }
        found
    }
}

fn survey_file(file: &fs::DirEntry) -> Option<Found> {
    let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
    let used_at = metadata.modified().ok()?;
    let name = file.file_name();
    let name = name.to_str()?;
    if name.starts_with(UNFINISHED) {
        if used_at.elapsed().is_ok_and(|age| age > ABANDONED_AFTER) {
            let _ = fs::remove_file(file.path());
        }
        return None;
    }
    Some(Found {
        used_at,
        bytes: occupied(metadata.len()),
        key: Digest::from_hex(name).filter(|key| key.to_string() == name)?,
    })
}

fn entries(folder: &Path) -> impl Iterator<Item = fs::DirEntry> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

fn is_hex_digit(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
