//! What came of a run.

use std::{slice, sync::Arc, time::Duration};

use weft_store::Tier;
use weft_tensor::{Copies, is_gpu};
use weft_value::{AnyValue, Digest, Saved};

/// What came of a run: one row per node of the graph.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The rows, in the order of the plan.
    pub rows: Vec<Row>,
    /// Time from start to end.
    pub time: Duration,
}

/// What came of one node.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub node: String,
    /// The id of its kind.
    pub kind: String,
    /// The hash of the build of its code.
    pub build: Digest,
    /// How it ended.
    pub outcome: Outcome,
    /// Another node whose result this is too, since both are made alike.
    pub same_as: Option<String>,
    /// Time that making it took.
    pub time: Duration,
    /// Memory of its outputs, in bytes.
    pub bytes: u64,
    /// Where its outputs live.
    pub lives: Option<Lives>,
    /// What crossed between host and device while it ran.
    pub copies: Copies,
    /// Its outputs, if it is an end of the graph or was asked for.
    pub outputs: Option<Arc<[AnyValue]>>,
}

/// Where values live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lives {
    /// In the memory of the host: texts, numbers, receipts; on the CPU pictures too.
    Host,
    /// In the memory of a graphics adapter.
    Device,
    /// Some here and some there.
    Both,
}

impl Lives {
    /// Where those values live; nowhere, if there are none.
    pub(crate) fn of(values: &[AnyValue]) -> Option<Self> {
        let is_there = |value: &AnyValue| value.device().is_some_and(|device| is_gpu(&device));
        let there = values.iter().filter(|value| is_there(value)).count();
        match there {
            _ if values.is_empty() => None,
            0 => Some(Self::Host),
            all if all == values.len() => Some(Self::Device),
            _ => Some(Self::Both),
        }
    }
}

/// How a node ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran.
    Ran,
    /// Its result was kept from an earlier run.
    Recalled {
        /// Where.
        tier: Tier,
        /// The time that making it took then.
        saved: Duration,
    },
    /// All that would take its result was kept.
    Unneeded,
    /// It failed; a sentence on why, and the cure.
    Failed(String),
    /// A node that it takes from failed: this one.
    Blocked(String),
    /// The run was cancelled before it ended.
    Cancelled,
}

impl Outcome {
    /// Whether the result of the node is there, or could be.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Ran | Self::Recalled { .. } | Self::Unneeded)
    }
}

impl Row {
    /// The receipts among its outputs, those in lists too: what it wrote.
    pub fn saved(&self) -> impl Iterator<Item = &Saved> {
        let values = self.outputs.iter().flat_map(|values| values.iter());
        let each = values.flat_map(|value| value.items().unwrap_or(slice::from_ref(value)));
        each.filter_map(AnyValue::get)
    }
}

impl Report {
    /// Whether every node came out well.
    pub fn is_good(&self) -> bool {
        self.rows.iter().all(|row| row.outcome.is_good())
    }

    /// Whether the run was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.rows
            .iter()
            .any(|row| row.outcome == Outcome::Cancelled)
    }

    /// How many nodes ran.
    pub fn ran(&self) -> usize {
        self.rows
            .iter()
            .filter(|row| row.outcome == Outcome::Ran && row.same_as.is_none())
            .count()
    }

    /// What crossed between host and device.
    pub fn copies(&self) -> Copies {
        let rows = self.rows.iter().filter(|row| row.same_as.is_none());
        rows.fold(Copies::default(), |sum, row| sum + row.copies)
    }

    /// The row of that node.
    pub fn row(&self, node: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.node == node)
    }

    /// The first output of that node, if it is an end of the graph or was asked for.
    pub fn value(&self, node: &str) -> Option<&AnyValue> {
        self.row(node)?.outputs.as_deref()?.first()
    }
}
