//! Files that appear whole or not at all.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::WriteError;

#[cfg(test)]
mod tests;

/// What to do with a file that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Leave it and say so.
    Refuse,
    /// Put the new one in its place.
    Replace,
}

/// How the name of every unfinished file begins.
pub(crate) const UNFINISHED: &str = ".weft-";

/// Writes a file so that at no time, whatever fails, half of it is seen under its name.
///
/// The bytes go to a temporary name in the same folder and are forced to the disk; then the file gets its
/// name in one step, which for [`Existing::Refuse`] is a step that fails if the name is taken meanwhile.
/// Parent folders are made. A file with these very bytes is never refused. When a file is replaced, its
/// permissions stay, and a link to it stays a link.
///
/// # Errors
/// Another file is there and may not be replaced, or the disk does not take it.
pub fn write_atomically(path: &Path, bytes: &[u8], existing: Existing) -> Result<(), WriteError> {
    let failed = |source| WriteError::Failed {
        path: path.to_owned(),
        source,
    };
    if path.file_name().is_none() {
        return Err(failed(io::ErrorKind::InvalidFilename.into()));
    }
    let target = behind_link(path);
    fs::create_dir_all(folder_of(&target)).map_err(failed)?;
    match place(&target, bytes, existing) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if holds(&target, bytes).map_err(failed)? {
                return Ok(());
            }
            Err(WriteError::Taken {
                path: path.to_owned(),
            })
        }
        other => other.map_err(failed),
    }
}

fn place(target: &Path, bytes: &[u8], existing: Existing) -> io::Result<()> {
    let folder = folder_of(target);
    let mut file = unfinished(folder)?;
    file.write_all(bytes)?;
    if existing == Existing::Replace
        && let Ok(metadata) = fs::metadata(target)
    {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    match existing {
        Existing::Refuse => file.persist_noclobber(target),
        Existing::Replace => file.persist(target),
    }
    .map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// A new file in `folder` that goes away if it never gets its name.
pub(crate) fn unfinished(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED).suffix(".tmp");
    // Temporary files are private unless told otherwise, and this one is going to be an ordinary file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Removes what writers that were killed have left in `folder` and below it, as far as it was not touched for `age`.
///
/// What cannot be read or removed is left.
pub fn remove_unfinished(folder: &Path, age: Duration) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() {
                folders.push(entry.path());
                continue;
            }
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let touched = entry.metadata().and_then(|metadata| metadata.modified());
            let is_old = || touched.is_ok_and(|at| at.elapsed().is_ok_and(|since| since >= age));
            if name.starts_with(UNFINISHED) && name.ends_with(".tmp") && is_old() {
                // Another program may have removed it.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn behind_link(path: &Path) -> PathBuf {
    if path.is_symlink() {
        return fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    }
    path.to_owned()
}

fn holds(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(there) => Ok(there.len() == bytes.len() as u64 && fs::read(path)? == bytes),
        // It was there a moment ago, or it is a link to nothing.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes a new name last through a power failure, where the system can.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = fs::File::open(folder)
    {
        // Some file systems refuse; the file itself is safe by then.
        let _ = folder.sync_all();
    }
}
