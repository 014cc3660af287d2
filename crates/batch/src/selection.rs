//! Which items are run here.

use std::path::Path;

use crate::{
    Counts, Items, Shard,
    ledger::{Ended, Past},
    outputs::are_there,
};

/// Which items are passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Skip {
    /// None.
    #[default]
    Nothing,
    /// Those that the ledger says are done, if their files are there.
    Done,
    /// Those whose files have the content that making them again would give.
    Unchanged,
}

/// What says which items are run here.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    /// What there is.
    pub items: &'a Items,
    /// The part that is run here.
    pub shard: Option<Shard>,
    /// How many at most.
    pub limit: Option<u64>,
    /// Which items are passed over.
    pub skip: Skip,
    /// Where files go.
    pub out: &'a Path,
    /// What the ledger held before.
    pub past: &'a Past,
}

/// The items that are to be run here.
pub struct Wanted<'a> {
    pub(crate) selection: Selection<'a>,
    pub(crate) places: Vec<u64>,
    pub(crate) before: u64,
}

impl<'a> Selection<'a> {
    /// Looks at the items one by one, and at the files of those that may be done.
    pub fn wanted(self) -> Wanted<'a> {
        let limit = self.limit.unwrap_or(u64::MAX);
        let skips_done = self.skip == Skip::Done && !self.past.is_empty();
        let (mut places, mut before) = (Vec::new(), 0);
        for place in 0..self.items.len() {
            if places.len() as u64 >= limit {
                break;
            }
            if self.shard.is_none() && !skips_done {
                places.push(place);
                continue;
            }
            let item = self.items.get(place);
            if self.shard.is_some_and(|shard| !shard.has(&item)) {
                continue;
            }
            let entry = skips_done.then(|| self.past.entry(&item.key)).flatten();
            let is_done = entry
                .is_some_and(|entry| entry.ended != Ended::Failed && are_there(self.out, &entry));
            match is_done {
                true => before += 1,
                false => places.push(place),
            }
        }
        Wanted {
            selection: self,
            places,
            before,
        }
    }
}

impl Wanted<'_> {
    /// How many there are, and how many were done before.
    pub fn counts(&self) -> Counts {
        Counts {
            wanted: self.places.len() as u64,
            before: self.before,
            ..Counts::default()
        }
    }
}
