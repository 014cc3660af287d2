//! Tells when files change.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// An editor that saves, or a linker, writes several times; wait this long for it to be done.
const SETTLE: Duration = Duration::from_millis(40);

/// How often it is asked whether waiting is over.
const ASK: Duration = Duration::from_millis(50);

/// Tells when files in some folders change, however they are written: in place, or by renaming another over them.
pub struct Watch {
    watcher: RecommendedWatcher,
    changes: Receiver<Vec<PathBuf>>,
    folders: BTreeSet<PathBuf>,
}

impl Watch {
    /// A watch on nothing yet.
    ///
    /// # Errors
    /// A sentence on why the system does not tell of changes.
    pub fn new() -> Result<Self, String> {
        let (tell, changes) = channel();
        let hear = move |event: notify::Result<notify::Event>| {
            // Reading a file is an event too, on some systems, and must not make us read it again.
            if let Ok(event) = event
                && !matches!(event.kind, EventKind::Access(_))
            {
                let _ = tell.send(event.paths);
            }
        };
        let watcher = notify::recommended_watcher(hear);
        Ok(Self {
            watcher: watcher.map_err(|error| format!("cannot watch files: {error}"))?,
            changes,
            folders: BTreeSet::new(),
        })
    }

    /// Watches these folders as well; one that is gone is left out.
    ///
    /// # Errors
    /// A sentence on why one cannot be watched.
    pub fn add(&mut self, folders: impl IntoIterator<Item = PathBuf>) -> Result<(), String> {
        for folder in folders {
            if self.folders.contains(&folder) || !folder.is_dir() {
                continue;
            }
            let watched = self.watcher.watch(&folder, RecursiveMode::NonRecursive);
            watched
                .map_err(|error| format!("cannot watch folder: {error}: {}", folder.display()))?;
            self.folders.insert(folder);
        }
        Ok(())
    }

    /// Waits until a path that `matters` has changed and the changes have settled; `None` once `is_over`, else all that
    /// changed and matters.
    pub fn wait(
        &self,
        matters: impl Fn(&Path) -> bool,
        is_over: impl Fn() -> bool,
    ) -> Option<BTreeSet<PathBuf>> {
        let mut changed = BTreeSet::new();
        let mut add = |paths: Vec<PathBuf>| {
            changed.extend(paths.into_iter().filter(|path| matters(path)));
            !changed.is_empty()
        };
        loop {
            if is_over() {
                return None;
            }
            if self.changes.recv_timeout(ASK).is_ok_and(&mut add) {
                break;
            }
        }
        while let Ok(paths) = self.changes.recv_timeout(SETTLE) {
            add(paths);
        }
        Some(changed)
    }
}
