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
    /// Whether what one run has written may be replaced by the next.
    is_live: bool,
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
            is_live: true,
            written: Arc::default(),
        }
    }

    /// The same for the items of a batch, of which no two may write the same file.
    pub fn for_items(folder: impl Into<PathBuf>, may_replace: bool) -> Self {
        Self {
            is_live: false,
            ..Self::new(folder, may_replace)
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
                && (earlier.run == run || !self.is_live)
                && (earlier.node != node || earlier.content != content)
            {
                return Err(taken(&path, &earlier.node, earlier.run == run));
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
        let is_ours =
            self.is_live && earlier.is_some_and(|earlier| is_unchanged(&path, &earlier.content));
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

fn taken(path: &Path, node: &str, is_same_run: bool) -> Error {
    if !is_same_run {
        let message = format!(
            "another item of the batch has written this file; put {{item}} into the path: {}",
            path.display()
        );
        return Error::Io(message);
    }
    let message = format!(
        "`{node}` writes another picture to the same file in this run; give each its own path: {}",
        path.display()
    );
    Error::Io(message)
}

fn is_unchanged(path: &Path, content: &Digest) -> bool {
    weft_value::File::open(path).is_ok_and(|file| file.content() == *content)
}
