//! What a ledger held before: of each item no more than where its last line is, so that memory does not grow with what
//! the lines say.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufRead, BufReader, Seek, SeekFrom},
    path::Path,
};

use parking_lot::Mutex;
use weft_value::Digest;

use super::{Entry, LedgerError, Line, Session, each_line, open};

/// What a ledger held when it was opened. The line of an item is read when it is asked for.
#[derive(Debug, Default)]
pub struct Past {
    file: Option<Mutex<BufReader<File>>>,
    /// Where the last line of each item begins, and in which session it was written.
    places: HashMap<Digest, (u64, u32)>,
    sessions: Vec<Session>,
}

impl Past {
    /// What the ledger at `path` holds.
    ///
    /// # Errors
    /// It cannot be read, or is no ledger.
    pub fn read(path: &Path) -> Result<Self, LedgerError> {
        Ok(Self::of(path)?.0)
    }

    /// That, and how many bytes it is: a last line without its end is left out.
    pub(super) fn of(path: &Path) -> Result<(Self, u64), LedgerError> {
        let mut past = Self::default();
        let mut file = BufReader::new(open(path)?);
        let whole = each_line(&mut file, path, &mut |at, line| match line {
            Line::Session(session) => past.sessions.push(*session),
            Line::Entry(entry) => {
                let session = past.sessions.len().checked_sub(1);
                if let (Some(session), Some(item)) = (session, Digest::from_hex(&entry.item)) {
                    past.places.insert(item, (at, session as u32));
                }
            }
        })?;
        past.file = Some(Mutex::new(file));
        Ok((past, whole))
    }

    /// How many items it tells of.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it tells of none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The sessions in which items were last ended, each with the number of these items.
    #[expect(
        clippy::iter_over_hash_type,
        reason = "numbers that are added up hang on no order"
    )]
    pub fn sessions(&self) -> impl Iterator<Item = (&Session, usize)> {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for (_, session) in self.places.values() {
            *counts.entry(*session).or_default() += 1;
        }
        let counted = |(session, count)| (&self.sessions[session as usize], count);
        counts.into_iter().map(counted)
    }

    /// The last entry of an item. There is none where the line is not what it was.
    pub fn entry(&self, item: &Digest) -> Option<Entry> {
        let (at, _) = self.places.get(item)?;
        let mut text = Vec::new();
        let mut file = self.file.as_ref()?.lock();
        file.seek(SeekFrom::Start(*at)).ok()?;
        file.read_until(b'\n', &mut text).ok()?;
        let entry: Entry = serde_json::from_slice(&text).ok()?;
        (Digest::from_hex(&entry.item) == Some(*item)).then_some(entry)
    }
}
