//! What can go wrong with folders and files, in sentences.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a folder cannot be used to keep results.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file lies where the folder should be.
    #[error("cannot keep results there: it is a file, not a folder; name a folder: {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
    },
    /// The folder holds other things, and results were never kept in it.
    #[error("cannot keep results there: the folder holds other files; name a new or empty folder: {}", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
    /// The folder was made by a newer Weft.
    #[error(
        "cannot keep results there: the folder was made by a newer Weft (its format is {found}, this Weft knows {known}); update Weft or name another folder: {}",
        path.display()
    )]
    Newer {
        /// The folder.
        path: PathBuf,
        /// The format of the folder.
        found: u32,
        /// The newest format that this Weft knows.
        known: u32,
    },
    /// The folder cannot be made, read or written.
    #[error("cannot keep results there: {}; name another folder: {}", why(source), path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why a file was not written. Nothing half-written is left behind.
#[derive(Debug, Error)]
pub enum WriteError {
    /// Another file is there, and it may not be replaced.
    #[error("cannot write file: another file is already there; name another, or allow it to be replaced: {}", path.display())]
    Taken {
        /// The file that is there.
        path: PathBuf,
    },
    /// The file, or a folder on the way to it, cannot be written.
    #[error("cannot write file: {}: {}", why(source), path.display())]
    Failed {
        /// The file that was to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What the system said, as a person would say it.
pub(crate) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "this user may not write there".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::QuotaExceeded => "this user's share of the disk is used up".to_owned(),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "something on the way is a file, not a folder".to_owned()
        }
        io::ErrorKind::IsADirectory => "a folder has that name".to_owned(),
        io::ErrorKind::NotFound => "there is no such folder".to_owned(),
        io::ErrorKind::InvalidFilename => "the system does not allow that name".to_owned(),
        _ => error.to_string(),
    }
}
