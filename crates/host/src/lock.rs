//! `weft.lock`: the builds that the user trusts.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use serde::Deserialize;
use weft_store::{Existing, WriteError, write_atomically};
use weft_value::Digest;

use crate::{Plugin, PluginProblem, table};

/// The name of the file, in the folder that work is done in.
const FILE: &str = "weft.lock";

/// The builds that the user trusts, by the id of the plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock(BTreeMap<String, Digest>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    plugin: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    blake3: String,
}

impl Lock {
    /// Reads `weft.lock` in `folder`; `None` if there is none, so that every build is taken.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, PluginProblem> {
        let path = folder.join(FILE);
        let Some(Written { plugin }) = table::read(&path)? else {
            return Ok(None);
        };
        let row = |Row { id, blake3 }: Row| {
            let lack = || PluginProblem::Manifest {
                path: path.clone(),
                message: format!("the hash of `{id}` is not of 64 hexadecimal digits"),
            };
            let digest = Digest::from_hex(&blake3).ok_or_else(lack)?;
            Ok::<_, PluginProblem>((id, digest))
        };
        let rows = plugin.into_iter().map(row);
        Ok(Some(Self(rows.collect::<Result<_, _>>()?)))
    }

    /// Writes `weft.lock` in `folder`: these plugins as they are now.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write<'a>(
        folder: &Path,
        plugins: impl IntoIterator<Item = &'a Plugin>,
    ) -> Result<(), WriteError> {
        let mut text =
            "# The plugins that may be loaded from here; `weft plugin lock` writes this.\n"
                .to_owned();
        for plugin in plugins {
            let (id, version, build) = (plugin.id(), plugin.version(), plugin.build());
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "\n[[plugin]]\nid = \"{id}\"\nversion = \"{version}\"\nblake3 = \"{build}\"\n"
            );
        }
        write_atomically(&folder.join(FILE), text.as_bytes(), Existing::Replace)
    }

    /// The build that is locked under that id.
    pub fn build(&self, id: &str) -> Option<Digest> {
        self.0.get(id).copied()
    }
}
