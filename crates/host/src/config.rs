//! `weft.toml`: what the user has settled for the folder that work is done in.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use crate::{PluginProblem, table};

/// The name of the file, in the folder that work is done in.
const FILE: &str = "weft.toml";

/// What `weft.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Folders and files with plugins, relative to the file.
    pub plugins: Vec<PathBuf>,
    /// Which plugins run in a process of their own.
    pub isolate: Isolation,
    /// Seconds that a call in such a process may take between two steps.
    pub isolate_seconds: Option<u64>,
    /// Memory that such a process may have, in MiB.
    pub isolate_mib: Option<u64>,
}

/// Which plugins run in a process of their own: `true`, `false`, or a list of ids.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Isolation {
    /// All, or none.
    All(bool),
    /// Those of these ids.
    Only(Vec<String>),
}

impl Default for Isolation {
    fn default() -> Self {
        Self::All(false)
    }
}

impl Isolation {
    /// Whether the plugin of that id is isolated.
    pub fn is_for(&self, id: &str) -> bool {
        match self {
            Self::All(all) => *all,
            Self::Only(ids) => ids.iter().any(|one| one == id),
        }
    }
}

impl Config {
    /// Reads `weft.toml` in `folder`; what holds without one, if there is none.
    ///
    /// # Errors
    /// It cannot be read, or says what is not known.
    pub fn read(folder: &Path) -> Result<Self, PluginProblem> {
        let read: Option<Self> = table::read(&folder.join(FILE))?;
        let mut config = read.unwrap_or_default();
        config
            .plugins
            .iter_mut()
            .for_each(|path| *path = folder.join(&*path));
        Ok(config)
    }

    /// How long a call in a process of its own may take between two steps.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.isolate_seconds.unwrap_or(60))
    }

    /// Memory that such a process may have, in bytes.
    pub fn memory(&self) -> u64 {
        self.isolate_mib.unwrap_or(4096) << 20
    }
}
