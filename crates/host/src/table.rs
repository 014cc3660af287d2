//! Files of tables (TOML) that a user may have, or not.

use std::{fs, io, path::Path};

use serde::de::DeserializeOwned;

use crate::PluginProblem;

/// What the file says; `None` if there is none.
///
/// # Errors
/// It cannot be read, or says what is not known.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, PluginProblem> {
    let wrong = |message: String| PluginProblem::Manifest {
        path: path.to_owned(),
        message,
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(error.to_string())),
    };
    let read = toml::from_str(&text);
    read.map(Some).map_err(|error| wrong(error.to_string()))
}
