//! The file of a data set: a word, a layout number, a JSON head, the pictures as PNGs, and a hash of it all.

use std::{fs, io::ErrorKind, ops::Range, path::Path};

use weft_store::{Existing, write_atomically};

use super::{DataError, DataSet, Head, Picture, error::LARGEST};

/// The first bytes.
const WORD: &[u8; 8] = b"weftdata";
/// The layout that is written and read.
const LAYOUT: u32 = 1;
/// Bytes before the JSON: word, layout, length of the JSON.
const START: usize = 8 + 4 + 8;
/// Bytes of the hash at the end.
const HASH: usize = blake3::OUT_LEN;

impl DataSet {
    /// A set of pictures that are packed already.
    pub(super) fn packed(head: Head, pngs: Vec<u8>) -> Self {
        let start = start(&head);
        let mut hasher = blake3::Hasher::new();
        hasher.update(&start).update(&pngs);
        let pictures = placed(&head.pictures);
        Self {
            head,
            pictures,
            pngs,
            hash: hasher.finalize(),
        }
    }

    /// Writes it; a file that was there stays whole until this one is. The same set gives the same bytes.
    ///
    /// # Errors
    /// The folder cannot be made, is full or read-only.
    pub fn save(&self, path: &Path) -> Result<(), DataError> {
        let start = start(&self.head);
        let bytes = [&start, &self.pngs, self.hash.as_bytes().as_slice()].concat();
        write_atomically(path, &bytes, Existing::Replace).map_err(DataError::Write)
    }

    /// Reads one, and checks all of it by its hash.
    ///
    /// # Errors
    /// A file that is missing or cannot be read, is no data set, has another layout, or was cut off or changed.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let bytes = fs::read(path).map_err(|why| match why.kind() {
            ErrorKind::NotFound => DataError::Missing {
                path: path.to_owned(),
            },
            _ => DataError::read(path)(why),
        })?;
        Self::of_bytes(bytes, path)
    }

    /// The same of a file that is in memory; `path` is what errors call it.
    ///
    /// # Errors
    /// Bytes that are no data set, have another layout, or were cut off or changed.
    pub fn of_bytes(mut bytes: Vec<u8>, path: &Path) -> Result<Self, DataError> {
        let damaged = |why: &str| DataError::Damaged {
            why: why.to_owned(),
            path: path.to_owned(),
        };
        if !bytes.starts_with(WORD) {
            return Err(DataError::Foreign {
                path: path.to_owned(),
            });
        }
        let found =
            number(&bytes, 8..12).ok_or_else(|| damaged("it ends within its first line"))?;
        if found != u64::from(LAYOUT) {
            let found = found as u32;
            return Err(DataError::Layout {
                found,
                known: LAYOUT,
                path: path.to_owned(),
            });
        }
        let end = bytes.len().checked_sub(HASH).filter(|end| *end >= START);
        let end = end.ok_or_else(|| damaged("it is cut off"))?;
        let hash = blake3::hash(&bytes[..end]);
        if hash.as_bytes().as_slice() != &bytes[end..] {
            return Err(damaged("it is cut off or changed, for its hash differs"));
        }
        let length = number(&bytes, 12..START).unwrap_or(0);
        let pngs = usize::try_from(length)
            .ok()
            .and_then(|length| length.checked_add(START));
        let pngs = pngs
            .filter(|pngs| *pngs <= end)
            .ok_or_else(|| damaged("its head is longer than the file"))?;
        let head: Head =
            serde_json::from_slice(&bytes[START..pngs]).map_err(|why| damaged(&why.to_string()))?;
        let pictures = placed(&head.pictures);
        check(&head, &pictures, end - pngs).map_err(damaged)?;
        bytes.truncate(end);
        bytes.drain(..pngs);
        Ok(Self {
            head,
            pictures,
            pngs: bytes,
            hash,
        })
    }
}

/// Everything before the pictures.
fn start(head: &Head) -> Vec<u8> {
    let head = serde_json::to_vec(head).unwrap_or_default();
    [
        WORD,
        LAYOUT.to_le_bytes().as_slice(),
        &(head.len() as u64).to_le_bytes(),
        &head,
    ]
    .concat()
}

fn number(bytes: &[u8], place: Range<usize>) -> Option<u64> {
    let digits = bytes.get(place)?.iter().rev();
    Some(digits.fold(0, |number, digit| number << 8 | u64::from(*digit)))
}

fn placed(pictures: &[[usize; 3]]) -> Vec<Picture> {
    let mut end = 0usize;
    let place = |&[concept, style, length]: &[usize; 3]| {
        let start = end;
        end = end.saturating_add(length);
        Picture {
            concept,
            style,
            place: start..end,
        }
    };
    pictures.iter().map(place).collect()
}

/// What the rest of this module relies on, for a file that is whole but was made by something else.
fn check(head: &Head, pictures: &[Picture], length: usize) -> Result<(), &'static str> {
    let known = |picture: &Picture| {
        picture.concept < head.concepts.len() && picture.style < head.styles.len()
    };
    if !pictures.iter().all(known) {
        return Err("a picture has a concept or a style that is not listed");
    }
    if !pictures.is_sorted_by_key(|picture| (picture.concept, picture.style)) {
        return Err("its pictures are out of order");
    }
    if pictures.last().map_or(0, |last| last.place.end) != length {
        return Err("its pictures are not as long as it says");
    }
    if !(1..=LARGEST).contains(&head.side) {
        return Err("its pictures have no side of 1 to 4096 pixels");
    }
    Ok(())
}
