//! `weft.toml`: what the user has settled for the folder that work is done in.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use crate::PluginProblem;

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
        let path = folder.join(FILE);
        let wrong = |message: String| PluginProblem::Manifest {
            path: path.clone(),
            message,
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let mut config: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
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
