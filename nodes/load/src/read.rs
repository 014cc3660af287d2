//! The bytes of a file, and no other bytes than those that the graph was planned with.

use weft_node::{Error, Result, value::Digest, value::File};

/// Reads the file.
///
/// # Errors
/// It cannot be read, or has changed since the run began: its result would be kept under the wrong key.
pub(crate) fn read(file: &File) -> Result<Vec<u8>> {
    let bytes = file.read().map_err(Error::Io)?;
    if Digest::of(&bytes) == file.content() {
        return Ok(bytes);
    }
    let message = "the file has changed since the run began; run again once it is written";
    Err(Error::Io(format!("{message}: {}", file.path().display())))
}
