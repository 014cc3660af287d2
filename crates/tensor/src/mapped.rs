//! A file of weights as a slice of bytes of which only what is looked at comes into memory.
#![allow(
    unsafe_code,
    reason = "the system maps a file; this is where weights come to tensors, so no other crate needs it"
)]

use std::{fs::File, io, ops::Deref, path::Path};

use memmap2::Mmap;

/// A file of weights as a slice of bytes of which only what is looked at comes into memory.
///
/// Its length is what it was when it was mapped. Whoever reads it checks that against the index, and copies out what
/// is needed soon: a file that another program shortens meanwhile ends this one.
#[derive(Debug)]
pub struct Mapped(Option<Mmap>);

impl Mapped {
    /// Maps the file at `path`.
    ///
    /// # Errors
    /// It cannot be opened, or the system cannot map it.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(Self(None));
        }
        // SAFETY: the map is only read, as bytes of any value, and its length is that of the file. Weights are
        // replaced by renaming, which leaves the mapped file as it is; one that is written in place changes numbers,
        // as it would under a reader, and no bytes of a map are ever taken as anything but numbers that are checked.
        let map = unsafe { Mmap::map(&file) }?;
        Ok(Self(Some(map)))
    }

    /// What was looked at needs not stay in memory; looked at again, it is read again.
    pub fn let_go(&self) {
        #[cfg(unix)]
        if let Some(map) = &self.0 {
            // SAFETY: the map is shared with the file and never written to, so its pages come back as they were.
            // A system that refuses keeps them, which is as well.
            let _ = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
        }
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_file_is_its_bytes_and_one_that_is_replaced_stays() {
        let folder = std::env::temp_dir().join(format!("weft-mapped-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let [path, other] = ["a", "b"].map(|name| folder.join(name));
        std::fs::write(&path, []).unwrap();
        assert!(Mapped::open(&path).unwrap().is_empty());
        std::fs::write(&path, b"weights").unwrap();
        let mapped = Mapped::open(&path).unwrap();
        std::fs::write(&other, b"x").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert_eq!(&*mapped, b"weights");
        mapped.let_go();
        assert_eq!(&*mapped, b"weights");
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(Mapped::open(&path).is_err());
    }
}
