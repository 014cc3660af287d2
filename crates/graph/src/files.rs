//! Where the texts of subgraphs come from.

use std::{fs, io, path::Path};

/// Reads the text of a subgraph's file.
pub trait Files {
    /// The text of the file at `path`.
    ///
    /// # Errors
    /// The file is not there, may not be read or is not UTF-8.
    fn read(&self, path: &Path) -> io::Result<String>;
}

/// The files on the disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskFiles;

impl Files for DiskFiles {
    fn read(&self, path: &Path) -> io::Result<String> {
        fs::read_to_string(path)
    }
}
