//! What can go wrong with data.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// Pixels along the side of the largest pictures.
pub(super) const LARGEST: usize = 4096;

/// Why a data set cannot be built, read or written.
#[derive(Debug, Error)]
pub enum DataError {
    /// A package is not there.
    #[error(
        "the package {package} is not among the sources; fetch all of them with crates/train/scripts/fetch_emoji.sh: {}",
        path.display()
    )]
    NoPackage {
        /// Its name.
        package: String,
        /// The folder of sources.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read: {why}: {}", path.display())]
    Read {
        /// What the system said.
        why: io::Error,
        /// Which.
        path: PathBuf,
    },
    /// A file of a package is not as expected.
    #[error("not a file as its package had it: {why}: {}", path.display())]
    Source {
        /// What is wrong with it.
        why: String,
        /// Which.
        path: PathBuf,
    },
    /// No concept has enough styles.
    #[error("no concept is drawn in {fewest} of the {styles} styles, so there is nothing to keep: {}", path.display())]
    Nothing {
        /// Styles that a concept must have.
        fewest: usize,
        /// Styles there are.
        styles: usize,
        /// The folder of sources.
        path: PathBuf,
    },
    /// A size that no data set has.
    #[error("pictures of {side} pixels a side cannot be built; 1 to {LARGEST} can")]
    Side {
        /// What was asked for.
        side: usize,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(weft_store::WriteError),
    /// No file.
    #[error(
        "there is no data set; fetch its sources with crates/train/scripts/fetch_emoji.sh and build it with `weft data build`, as crates/train/README.md says: {}",
        path.display()
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// Some other file.
    #[error("not a data set of weft; build one with `weft data build`: {}", path.display())]
    Foreign {
        /// Which.
        path: PathBuf,
    },
    /// A layout of another time.
    #[error("the data set has layout {found}, and this program reads layout {known}; build it again: {}", path.display())]
    Layout {
        /// The layout of the file.
        found: u32,
        /// Ours.
        known: u32,
        /// Which.
        path: PathBuf,
    },
    /// Cut off or changed.
    #[error("the data set is damaged: {why}; build or copy it again: {}", path.display())]
    Damaged {
        /// How.
        why: String,
        /// Which.
        path: PathBuf,
    },
    /// One picture.
    #[error("picture {picture} of the data set cannot be unpacked: {why}")]
    Picture {
        /// Its place among the pictures.
        picture: usize,
        /// What is wrong with it.
        why: String,
    },
}

impl DataError {
    /// For a file that cannot be read.
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |why| Self::Read { why, path }
    }

    /// For a file of a package that is wrong.
    pub(super) fn source(path: &Path, why: impl ToString) -> Self {
        Self::Source {
            why: why.to_string(),
            path: path.to_owned(),
        }
    }
}
