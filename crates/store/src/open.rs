//! Makes sure that a folder is ours and can be written before anything is kept in it.

use std::{fs, io, path::Path};

use crate::{
    Existing, StoreError, WriteError, atomic::unfinished, entry::FORMAT, write_atomically,
};

#[cfg(test)]
mod tests;

/// The file that says that a folder is ours, and in which format.
const MARKER: &str = "format";

const MARKER_BEGINS: &str = "weft results, format ";

/// Tells backup programs to leave the folder out (bford.info/cachedir).
const CACHE_TAG: (&str, &str) = (
    "CACHEDIR.TAG",
    "Signature: 8a477f597d28d172789f06886806bc55\n# Results that Weft can make again.\n",
);

/// Makes the folder if it is not there, and checks it if it is.
///
/// # Errors
/// It is a file, holds other things, is of a newer format, or cannot be written.
pub(crate) fn prepare(folder: &Path) -> Result<(), StoreError> {
    let unusable = |source| StoreError::Unusable {
        path: folder.to_owned(),
        source,
    };
    if folder.is_file() {
        return Err(StoreError::File {
            path: folder.to_owned(),
        });
    }
    fs::create_dir_all(folder).map_err(unusable)?;
    // Listed before the marker is read: the marker is the first file that another process would write.
    let is_empty = is_empty(folder).map_err(unusable)?;
    match read_marker(folder).map_err(unusable)? {
        Marker::Format(found) if found > FORMAT => {
            return Err(StoreError::Newer {
                path: folder.to_owned(),
                found,
                known: FORMAT,
            });
        }
        Marker::Format(FORMAT) => {
            // Written long ago, perhaps by another user; can this one still write?
            unfinished(folder).map_err(unusable)?;
        }
        Marker::None if !is_empty => return Err(foreign(folder)),
        Marker::Unknown => return Err(foreign(folder)),
        // Files of older formats are taken for absent and removed as they are met.
        Marker::None | Marker::Format(_) => {
            let marker = format!("{MARKER_BEGINS}{FORMAT}\n");
            write(folder, (MARKER, &marker)).map_err(unusable)?;
            write(folder, CACHE_TAG).map_err(unusable)?;
        }
    }
    Ok(())
}

enum Marker {
    None,
    Unknown,
    Format(u32),
}

fn read_marker(folder: &Path) -> io::Result<Marker> {
    let text = match fs::read(folder.join(MARKER)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Marker::None),
        Err(error) => return Err(error),
    };
    let format = str::from_utf8(&text)
        .ok()
        .and_then(|text| text.strip_prefix(MARKER_BEGINS)?.trim_end().parse().ok());
    Ok(format.map_or(Marker::Unknown, Marker::Format))
}

/// Whether there is nothing in the folder but hidden files.
fn is_empty(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        if !entry?.file_name().as_encoded_bytes().starts_with(b".") {
            return Ok(false);
        }
    }
    Ok(true)
}

fn write(folder: &Path, (name, text): (&str, &str)) -> io::Result<()> {
    let written = write_atomically(&folder.join(name), text.as_bytes(), Existing::Replace);
    written.map_err(|error| match error {
        WriteError::Failed { source, .. } => source,
        WriteError::Taken { .. } => io::ErrorKind::AlreadyExists.into(),
    })
}

fn foreign(folder: &Path) -> StoreError {
    StoreError::Foreign {
        path: folder.to_owned(),
    }
}
