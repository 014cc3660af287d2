//! Runs the items: plans ahead on one thread, runs on the engine, writes the ledger on another.

use std::{collections::BTreeMap, sync::Arc, thread, time::Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use weft_engine::{Cancel, Engine, Event, Events, Order, Outbox, Outcome, Plan, Report, Ride};
use weft_value::File;

use crate::{
    Item, Sharing, Skip, Timings, Wanted,
    ledger::{Ended, Entry, Ledger, LedgerError, Line, Session, now},
    outputs::{are_whole, outputs},
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
        self.by_end().into_iter().map(|(_, count)| count).sum()
    }

    /// Whether every item that is wanted has ended, and none has failed.
    pub fn are_good(&self) -> bool {
        self.failed == 0 && self.ended() == self.wanted
    }

    /// How many have ended in each way.
    pub(crate) fn by_end(&self) -> [(Ended, u64); 3] {
        [
            (Ended::Done, self.done),
            (Ended::Skipped, self.skipped),
            (Ended::Failed, self.failed),
        ]
    }

    fn add(&mut self, ended: Ended) {
        match ended {
            Ended::Done => self.done += 1,
            Ended::Skipped => self.skipped += 1,
            Ended::Failed => self.failed += 1,
        }
    }
}

/// A batch that is ready to run.
pub struct Batch<'a> {
    /// The items to run.
    pub wanted: Wanted<'a>,
    /// What happens after a failure.
    pub policy: Policy,
    /// Whether files may be replaced.
    pub may_replace: bool,
    /// Items beside each other, at most.
    pub window: usize,
    /// Which results serve several items.
    pub sharing: Option<&'a Sharing>,
    /// Lets no more items begin; those that have begun go on.
    pub stop: Cancel,
    /// Hears how it goes.
    pub heard: Arc<dyn Heard>,
}

impl Batch<'_> {
    /// Runs the items. Every one that begins ends, whatever happens beside it; once `stop` is
    /// cancelled no more begin. Gives what the items took, too.
    ///
    /// # Errors
    /// The ledger cannot be written; then no more items begin.
    pub fn run(
        &self,
        engine: &mut Engine,
        planner: &mut dyn Planner,
        (mut ledger, session): (Ledger, Session),
    ) -> Result<(Counts, Timings), LedgerError> {
        let start = Instant::now();
        ledger.add(&[Line::Session(Box::new(session))])?;
        // One plan ahead: what was not begun when the batch is stopped is not begun.
        let (orders, inbox) = bounded(1);
        let (entries, ended) = unbounded();
        thread::scope(|scope| {
            let told = entries.clone();
            let named = |name: &str| thread::Builder::new().name(format!("weft-batch-{name}"));
            let feed = move || self.feed(planner, &orders, &told);
            let feeder = named("plan").spawn_scoped(scope, feed);
            let record = || self.record(&mut ledger, &ended);
            let recorder = named("ledger").spawn_scoped(scope, record);
            if feeder.is_ok() && recorder.is_ok() {
                engine.run_each(&inbox, self.window, &mut |ticket, plan, report| {
                    let item = self.wanted.selection.items.get(ticket);
                    // The recorder hears until this sender is dropped.
                    let _ = entries.send(self.entry(&item, plan, &report));
                });
            }
            drop((inbox, entries));
            match recorder.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(result)) => {
                    result.map(|(counts, took)| (counts, took.within(start.elapsed())))
                }
                _ => Err(LedgerError::Io {
                    verb: "start the writer of",
                    path: self.wanted.selection.out.to_owned(),
                    source: std::io::ErrorKind::Other.into(),
                }),
            }
        })
    }

    /// Plans the items ahead of the engine.
    fn feed(&self, planner: &mut dyn Planner, orders: &Sender<Order>, entries: &Sender<Entry>) {
        let Wanted {
            selection, places, ..
        } = &self.wanted;
        let outbox = Outbox::for_items(selection.out, self.may_replace);
        let is_shared = self.sharing.map(Sharing::is_shared);
        for place in places {
            if self.stop.is_cancelled() {
                return;
            }
            planner.refresh();
            let item = selection.items.get(*place);
            let plan = match planner.plan(&item) {
                Ok(plan) => plan,
                Err(why) => {
                    self.fail_fast();
                    let _ = entries.send(blank(&item, Ended::Failed, Some(why)));
                    continue;
                }
            };
            if let Some(skipped) = self.unchanged(&item, &plan) {
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
    fn unchanged(&self, item: &Item, plan: &Plan) -> Option<Entry> {
        let selection = &self.wanted.selection;
        let looks = selection.skip == Skip::Unchanged;
        let entry = looks.then(|| selection.past.entry(&item.key)).flatten()?;
        let is_unchanged = entry.ended != Ended::Failed
            && entry.made_of == plan.digest().to_string()
            && are_whole(selection.out, &entry);
        is_unchanged.then(|| Entry {
            ended: Ended::Skipped,
            at: now(),
            ms: 0.0,
            nodes: BTreeMap::new(),
            ..entry
        })
    }

    /// Writes what has ended, as many items at once as have come.
    fn record(
        &self,
        ledger: &mut Ledger,
        ended: &Receiver<Entry>,
    ) -> Result<(Counts, Timings), LedgerError> {
        let (mut counts, mut took) = (self.wanted.counts(), Timings::default());
        let mut result = Ok(());
        while let Ok(first) = ended.recv() {
            let entries: Vec<Entry> = std::iter::once(first).chain(ended.try_iter()).collect();
            if result.is_err() {
                // What cannot be recorded is done again by who resumes.
                continue;
            }
            let line = |entry: &Entry| Line::Entry(Box::new(entry.clone()));
            let lines: Vec<Line> = entries.iter().map(line).collect();
            if let Err(why) = ledger.add(&lines) {
                self.stop.cancel();
                result = Err(why);
                continue;
            }
            for entry in &entries {
                counts.add(entry.ended);
                took.add(entry);
                self.heard.ended(entry, &counts);
            }
        }
        result.map(|()| (counts, took))
    }

    fn fail_fast(&self) {
        if self.policy == Policy::FailFast {
            self.stop.cancel();
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
            outputs: outputs(report, self.wanted.selection.out),
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
