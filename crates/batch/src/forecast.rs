//! What a batch will take, from what nodes took before.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Sharing,
    ledger::{Ended, Entry},
};

/// What the nodes of a graph took before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Milliseconds of one run of each node, and how many runs that is the mean of.
    pub nodes: BTreeMap<String, (f64, u64)>,
    /// Bytes that an item writes, and how many items that is the mean of.
    pub bytes: (f64, u64),
    /// Milliseconds of nodes for one millisecond of the clock.
    pub parallel: f64,
}

/// What a batch will take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Time by the clock.
    pub time: Duration,
    /// Bytes of files.
    pub bytes: u64,
}

impl Timings {
    /// Takes in what an item took.
    pub fn add(&mut self, entry: &Entry) {
        if entry.ended != Ended::Done {
            return;
        }
        for (node, ms) in &entry.nodes {
            let (mean, count) = self.nodes.entry(node.clone()).or_default();
            *count += 1;
            *mean += (ms - *mean) / *count as f64;
        }
        let (mean, count) = &mut self.bytes;
        let bytes: u64 = entry.outputs.iter().map(|output| output.bytes).sum();
        *count += 1;
        *mean += (bytes as f64 - *mean) / *count as f64;
    }

    /// These timings, of items that were done in so much time by the clock.
    #[must_use]
    pub fn within(mut self, wall: Duration) -> Self {
        let worked: f64 = self
            .nodes
            .values()
            .map(|(mean, count)| mean * *count as f64)
            .sum();
        self.parallel = worked / (wall.as_secs_f64() * 1e3).max(1e-3);
        self
    }

    /// These timings, and what `older` ones know besides.
    #[must_use]
    pub fn over(mut self, older: Self) -> Self {
        for (node, timing) in older.nodes {
            self.nodes.entry(node).or_insert(timing);
        }
        if self.bytes.1 == 0 {
            (self.bytes, self.parallel) = (older.bytes, older.parallel);
        }
        self
    }

    /// What `wanted` of the items will take; `None` where a node of them never ran.
    pub fn forecast(&self, sharing: &Sharing, (wanted, items): (u64, u64)) -> Option<Forecast> {
        let part = wanted as f64 / items.max(1) as f64;
        let mut ms = 0.0;
        for (node, results) in &sharing.nodes {
            let (mean, _) = self.nodes.get(node)?;
            ms += mean * (*results as f64 * part).max(1.0);
        }
        let parallel = if self.parallel > 0.0 {
            self.parallel
        } else {
            1.0
        };
        Some(Forecast {
            time: Duration::from_secs_f64((ms / parallel / 1e3).min(1e15)),
            bytes: (self.bytes.0 * wanted as f64) as u64,
        })
    }
}
