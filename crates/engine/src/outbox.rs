//! Where the files of a run go.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;
use weft_node::{Error, Result};
use weft_store::{Existing, WriteError, write_atomically};
use weft_value::{Digest, Saved};

/// Where the files of a run go. Clones share the memory of what was written, so that a run which goes
/// on for long may replace its own files.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
    may_replace: bool,
    written: Arc<Mutex<HashMap<PathBuf, Written>>>,
}

/// Who wrote a file, and what.
#[derive(Clone, Debug)]
struct Written {
    run: u64,
    node: String,
    content: Digest,
}

impl Outbox {
    /// Relative paths start from `folder`; files that exist are replaced only if `may_replace`.
    pub fn new(folder: impl Into<PathBuf>, may_replace: bool) -> Self {
        Self {
            folder: folder.into(),
            may_replace,
            written: Arc::default(),
        }
    }

    /// Writes a finished file.
    ///
    /// # Errors
    /// It exists with other content and may not be replaced, another node of this run has written it,
    /// or it cannot be written.
    pub(crate) fn write(&self, path: &str, run: u64, node: &str, bytes: &[u8]) -> Result<Saved> {
        let path = self.folder.join(path);
        let content = Digest::of(bytes);
        let earlier = {
            let mut written = self.written.lock();
            let earlier = written.get(&path).cloned();
            if let Some(earlier) = &earlier
                && earlier.run == run
                && (earlier.node != node || earlier.content != content)
            {
                return Err(taken(&path, &earlier.node));
            }
            written.insert(
                path.clone(),
                Written {
                    run,
                    node: node.to_owned(),
                    content,
                },
            );
            earlier
        };
        let is_ours = earlier.is_some_and(|earlier| is_unchanged(&path, &earlier.content));
        let existing = if self.may_replace || is_ours {
            Existing::Replace
        } else {
            Existing::Refuse
        };
        write_atomically(&path, bytes, existing).map_err(|error| self.explain(&path, error))?;
        Ok(Saved {
            path,
            content,
            bytes: bytes.len() as u64,
        })
    }

    fn explain(&self, path: &Path, error: WriteError) -> Error {
        self.written.lock().remove(path);
        Error::Io(error.to_string())
    }
}

fn taken(path: &Path, node: &str) -> Error {
    let message = format!(
        "`{node}` writes another picture to the same file in this run; give each its own path: {}",
        path.display()
    );
    Error::Io(message)
}

fn is_unchanged(path: &Path, content: &Digest) -> bool {
    weft_value::File::open(path).is_ok_and(|file| file.content() == *content)
}
