//! Runs the items: plans ahead on one thread, runs on the engine, writes the ledger on another.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use parking_lot::Mutex;
use weft_engine::{Cancel, Engine, Event, Events, Order, Outbox, Outcome, Plan, Report, Ride};
use weft_value::{AnyValue, File, Image, Saved};

use crate::{
    Item, Items, Shard, Sharing,
    ledger::{self, Ended, Entry, Ledger, LedgerError, Line, Output, Session, now},
};

/// Makes the plan of an item.
pub trait Planner: Send {
    /// The plan.
    ///
    /// # Errors
    /// A sentence on why the item cannot run.
    fn plan(&mut self, item: &Item) -> Result<Plan, String>;

    /// Called before each item, to take in what has changed while the batch runs.
    fn refresh(&mut self) {}
}

/// Hears how a batch goes; called from several threads, and must return soon.
pub trait Heard: Send + Sync {
    /// Something has happened within an item.
    fn event(&self, _: &Item, _: &Event<'_>) {}

    /// An item has ended, and is in the ledger.
    fn ended(&self, entry: &Entry, counts: &Counts);

    /// Whether previews are heard.
    fn shows_previews(&self) -> bool {
        false
    }
}

/// What happens after an item has failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// The others go on.
    #[default]
    KeepGoing,
    /// No other begins.
    FailFast,
}

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

/// The wish that no more items begin; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Lets no more items begin.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether no more items shall begin.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many items have ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items that are to be run here.
    pub wanted: u64,
    /// Items that were done before, which the ledger says.
    pub before: u64,
    /// Items that are done now.
    pub done: u64,
    /// Items whose files were right already.
    pub skipped: u64,
    /// Items that failed.
    pub failed: u64,
}

impl Counts {
    /// Items that have ended.
    pub fn ended(&self) -> u64 {
        self.done + self.skipped + self.failed
    }
}

/// A batch that is ready to run.
pub struct Batch<'a> {
    /// What to run.
    pub items: &'a Items,
    /// The part that is run here.
    pub shard: Option<Shard>,
    /// How many at most.
    pub limit: Option<u64>,
    /// What happens after a failure.
    pub policy: Policy,
    /// Which items are passed over.
    pub skip: Skip,
    /// Where files go.
    pub out: &'a Path,
    /// Whether files may be replaced.
    pub may_replace: bool,
    /// Items beside each other, at most.
    pub window: usize,
    /// Which results serve several items.
    pub sharing: Option<&'a Sharing>,
    /// What the ledgers of the folder hold.
    pub past: &'a [Line],
    /// Lets no more items begin.
    pub stop: Stop,
    /// Hears how it goes.
    pub heard: Arc<dyn Heard>,
}

impl Batch<'_> {
    /// The places of the items to run, and how many were done before.
    pub fn wanted(&self) -> (Vec<u64>, u64) {
        let past = self.past();
        let limit = self.limit.unwrap_or(u64::MAX);
        let (mut wanted, mut before) = (Vec::new(), 0);
        for place in 0..self.items.len() {
            if wanted.len() as u64 >= limit {
                break;
            }
            if self.shard.is_none() && past.is_empty() {
                wanted.push(place);
                continue;
            }
            let item = self.items.get(place);
            if self.shard.is_some_and(|shard| !shard.has(&item)) {
                continue;
            }
            let is_done = self.skip == Skip::Done
                && past
                    .get(item.key.to_string().as_str())
                    .is_some_and(|entry| {
                        entry.ended != Ended::Failed && are_there(self.out, entry)
                    });
            match is_done {
                true => before += 1,
                false => wanted.push(place),
            }
        }
        (wanted, before)
    }

    fn past(&self) -> HashMap<&str, &Entry> {
        let latest = ledger::latest(self.past).into_iter();
        latest
            .map(|(_, entry)| (entry.item.as_str(), entry))
            .collect()
    }

    /// Runs the items. Every one that begins ends, whatever happens beside it; after [`Stop::stop`] no more begin.
    ///
    /// # Errors
    /// The ledger cannot be written; then no more items begin.
    pub fn run(
        &self,
        engine: &mut Engine,
        planner: &mut dyn Planner,
        (mut ledger, session): (Ledger, Session),
    ) -> Result<Counts, LedgerError> {
        let (wanted, before) = self.wanted();
        ledger.add(&[Line::Session(Box::new(session))])?;
        let counts = Mutex::new(Counts {
            wanted: wanted.len() as u64,
            before,
            ..Counts::default()
        });
        // One plan ahead: what was not begun when the batch is stopped is not begun.
        let (orders, inbox) = bounded(1);
        let (entries, ended) = unbounded();
        let mut result = Ok(());
        thread::scope(|scope| {
            let told = entries.clone();
            let named = |name: &str| thread::Builder::new().name(format!("weft-batch-{name}"));
            let feed = move || self.feed(&wanted, planner, &orders, &told);
            let feeder = named("plan").spawn_scoped(scope, feed);
            let record = || self.record(&mut ledger, &ended, &counts);
            let recorder = named("ledger").spawn_scoped(scope, record);
            if feeder.is_ok() && recorder.is_ok() {
                engine.run_each(&inbox, self.window, &mut |ticket, plan, report| {
                    let item = self.items.get(ticket);
                    // The recorder hears until this sender is dropped.
                    let _ = entries.send(self.entry(&item, plan, &report));
                });
            }
            drop((inbox, entries));
            result = match recorder.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(result)) => result,
                _ => Err(LedgerError::Io {
                    verb: "start the writer of",
                    path: self.out.to_owned(),
                    source: std::io::ErrorKind::Other.into(),
                }),
            };
        });
        result.map(|()| counts.into_inner())
    }

    /// Plans the items ahead of the engine.
    fn feed(
        &self,
        wanted: &[u64],
        planner: &mut dyn Planner,
        orders: &Sender<Order>,
        entries: &Sender<Entry>,
    ) {
        let past = self.past();
        let outbox = Outbox::for_items(self.out, self.may_replace);
        let is_shared = self.sharing.map(Sharing::is_shared);
        for place in wanted {
            if self.stop.is_stopped() {
                return;
            }
            planner.refresh();
            let item = self.items.get(*place);
            let plan = match planner.plan(&item) {
                Ok(plan) => plan,
                Err(why) => {
                    self.fail_fast();
                    let _ = entries.send(blank(&item, Ended::Failed, Some(why)));
                    continue;
                }
            };
            if let Some(skipped) = self.unchanged(&past, &item, &plan) {
                let _ = entries.send(skipped);
                continue;
            }
            let events = ItemEvents {
                item,
                heard: self.heard.clone(),
            };
            let ride = Ride {
                only: None,
                cancel: Cancel::default(),
                events: Arc::new(events),
                outbox: outbox.clone(),
                is_shared: is_shared
                    .clone()
                    .filter(|it| it.len() == plan.nodes().len()),
            };
            let order = Order {
                ticket: *place,
                plan,
                ride,
            };
            if orders.send(order).is_err() {
                return;
            }
        }
    }

    /// An entry for an item whose files have the content that running `plan` would give.
    fn unchanged(&self, past: &HashMap<&str, &Entry>, item: &Item, plan: &Plan) -> Option<Entry> {
        let entry = past.get(item.key.to_string().as_str())?;
        let is_unchanged = self.skip == Skip::Unchanged
            && entry.ended != Ended::Failed
            && entry.made_of == plan.digest().to_string()
            && are_whole(self.out, entry);
        is_unchanged.then(|| Entry {
            ended: Ended::Skipped,
            at: now(),
            ms: 0.0,
            nodes: BTreeMap::new(),
            ..(*entry).clone()
        })
    }

    /// Writes what has ended, as many items at once as have come.
    fn record(
        &self,
        ledger: &mut Ledger,
        ended: &Receiver<Entry>,
        counts: &Mutex<Counts>,
    ) -> Result<(), LedgerError> {
        let mut result = Ok(());
        while let Ok(first) = ended.recv() {
            let entries: Vec<Entry> = std::iter::once(first).chain(ended.try_iter()).collect();
            if result.is_err() {
                // What cannot be recorded is done again by who resumes.
                continue;
            }
            let lines: Vec<Line> = entries
                .iter()
                .map(|entry| Line::Entry(Box::new(entry.clone())))
                .collect();
            if let Err(why) = ledger.add(&lines) {
                self.stop.stop();
                result = Err(why);
                continue;
            }
            for entry in &entries {
                let mut counts = counts.lock();
                match entry.ended {
                    Ended::Done => counts.done += 1,
                    Ended::Skipped => counts.skipped += 1,
                    Ended::Failed => counts.failed += 1,
                }
                self.heard.ended(entry, &counts);
            }
        }
        result
    }

    fn fail_fast(&self) {
        if self.policy == Policy::FailFast {
            self.stop.stop();
        }
    }

    fn entry(&self, item: &Item, plan: &Plan, report: &Report) -> Entry {
        let failed = failures(report);
        let ended = if report.is_good() {
            Ended::Done
        } else {
            Ended::Failed
        };
        if ended == Ended::Failed {
            self.fail_fast();
        }
        let ran = report
            .rows
            .iter()
            .filter(|row| row.outcome == Outcome::Ran && row.same_as.is_none());
        let file = |file: &File| {
            (
                file.path().display().to_string(),
                file.content().to_string(),
            )
        };
        Entry {
            seeds: plan
                .seeds()
                .map(|(node, seed)| (node.to_owned(), seed))
                .collect(),
            outputs: outputs(report, self.out),
            files: plan.files().map(file).collect(),
            made_of: plan.digest().to_string(),
            ms: report.time.as_secs_f64() * 1e3,
            nodes: ran
                .map(|row| (row.node.clone(), row.time.as_secs_f64() * 1e3))
                .collect(),
            ..blank(item, ended, (ended == Ended::Failed).then_some(failed))
        }
    }
}

/// The events of one item.
struct ItemEvents {
    item: Item,
    heard: Arc<dyn Heard>,
}

impl Events for ItemEvents {
    fn on(&self, event: Event<'_>) {
        self.heard.event(&self.item, &event);
    }

    fn shows_previews(&self) -> bool {
        self.heard.shows_previews()
    }
}

fn blank(item: &Item, ended: Ended, error: Option<String>) -> Entry {
    Entry {
        item: item.key.to_string(),
        label: item.label.clone(),
        ended,
        inputs: item.values.iter().cloned().collect(),
        seeds: BTreeMap::new(),
        outputs: Vec::new(),
        files: BTreeMap::new(),
        made_of: String::new(),
        at: now(),
        ms: 0.0,
        nodes: BTreeMap::new(),
        error,
    }
}

/// What failed and why, in one text.
fn failures(report: &Report) -> String {
    let failed = report.rows.iter().filter_map(|row| match &row.outcome {
        Outcome::Failed(why) => Some(format!("`{}`: {why}", row.node)),
        Outcome::Cancelled => Some(format!("`{}`: was stopped", row.node)),
        _ => None,
    });
    failed.collect::<Vec<_>>().join("\n")
}

/// The files that an item wrote.
fn outputs(report: &Report, out: &Path) -> Vec<Output> {
    let output = |row: &Row, saved: &Saved| {
        let below = saved.path.strip_prefix(out).unwrap_or(&saved.path);
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        Output {
            node: row.node.clone(),
            path: parts.join("/"),
            bytes: saved.bytes,
            blake3: saved.content.to_string(),
        }
    };
    let of_row = |row| Row::saved(row).map(move |saved| output(row, saved));
    report.rows.iter().flat_map(of_row).collect()
}

/// Where an output is.
fn path_of(out: &Path, output: &Output) -> PathBuf {
    out.join(&output.path)
}

/// Whether all files of an item are there, of the size that was written.
fn are_there(out: &Path, entry: &Entry) -> bool {
    entry.outputs.iter().all(|output| {
        std::fs::metadata(path_of(out, output)).is_ok_and(|found| found.len() == output.bytes)
    })
}

/// Whether all files of an item have the content that was written.
fn are_whole(out: &Path, entry: &Entry) -> bool {
    entry
        .outputs
        .iter()
        .all(|output| ledger::check(out, output).is_ok())
}

/// The first picture of an item, if it is still there.
pub(crate) fn picture(out: &Path, entry: &Entry) -> Option<Image> {
    let read = |output: &Output| {
        let bytes = std::fs::read(path_of(out, output)).ok()?;
        let decoded = weft_vision::codec::decode(&bytes, &burn::tensor::Device::flex()).ok()?;
        Some(decoded.image)
    };
    entry.outputs.iter().find_map(read)
}
