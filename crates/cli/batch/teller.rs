//! Tells of a batch while it goes on: a bar on a terminal, or lines of JSON, and a file of counts.

use std::{
    io::IsTerminal,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use weft::{
    batch::{
        Counts, Heard, Item, Metrics,
        ledger::{Ended, Entry},
    },
    engine::Event,
    node::LogLevel,
};

use super::Args;
use crate::events;

/// Time between two lines on steps.
const STEP_EVERY: Duration = Duration::from_millis(200);

/// Tells of a batch while it goes on.
pub(super) struct Teller {
    bar: ProgressBar,
    is_json: bool,
    metrics: Option<Mutex<Metrics>>,
    last: Mutex<(Option<Instant>, Counts)>,
}

pub(super) fn teller(args: &Args, graph: &str) -> Arc<Teller> {
    let is_seen = !args.json && std::io::stderr().is_terminal();
    let target = match is_seen {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(None, target);
    let style =
        ProgressStyle::with_template("{elapsed:>4} {bar:24} {pos}/{len} eta {eta} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    if is_seen {
        bar.enable_steady_tick(Duration::from_millis(250));
    }
    Arc::new(Teller {
        bar,
        is_json: args.json,
        metrics: args
            .metrics
            .as_ref()
            .map(|path| Mutex::new(Metrics::new(path, graph))),
        last: Mutex::default(),
    })
}

impl Teller {
    /// The batch begins, with so many items.
    pub(super) fn begin(&self, counts: Counts) {
        self.bar.set_length(counts.wanted);
        if self.is_json {
            events::line(
                &json!({ "event": "batch", "items": counts.wanted, "before": counts.before }),
            );
        }
        locked(&self.last).1 = counts;
        self.measure(|metrics| metrics.write(&counts));
    }

    /// The batch has ended.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
        let counts = locked(&self.last).1;
        self.measure(|metrics| metrics.write(&counts));
        if self.is_json {
            events::line(&json!({
                "event": "report", "good": counts.are_good(), "done": counts.done, "skipped": counts.skipped,
                "before": counts.before, "failed": counts.failed, "left": counts.wanted - counts.ended(),
            }));
        }
    }

    /// Counts are for others to watch; where they cannot be written the batch goes on, and says so once.
    fn measure(&self, write: impl FnOnce(&mut Metrics) -> Result<(), weft::store::WriteError>) {
        let Some(metrics) = &self.metrics else { return };
        let written = write(&mut locked(metrics));
        if let Err(why) = written {
            self.warn(&format!("no metrics: {why}"));
        }
    }

    fn warn(&self, text: &str) {
        match self.is_json {
            true => events::line(&json!({ "event": "warning", "message": text })),
            false => self.bar.suspend(|| anstream::eprintln!("warning: {text}")),
        }
    }

    fn is_due(&self) -> bool {
        let mut last = locked(&self.last);
        let is_due = last.0.is_none_or(|at| at.elapsed() >= STEP_EVERY);
        if is_due {
            last.0 = Some(Instant::now());
        }
        is_due
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Heard for Teller {
    fn event(&self, item: &Item, event: &Event<'_>) {
        let label = &item.label;
        match event {
            Event::Planned { .. } if self.is_json => {
                events::line(
                    &json!({ "event": "item", "item": item.key.to_string(), "label": label }),
                );
            }
            Event::Step { node, done, total } if self.is_due() => {
                if self.is_json {
                    events::line(&json!({
                        "event": "step", "label": label, "node": node, "done": done, "total": total,
                    }));
                }
                self.bar
                    .set_message(format!("{label}: {node} {done}/{total}"));
            }
            Event::Log {
                node,
                level: LogLevel::Warning,
                line,
            } => {
                self.warn(&format!("{label}: `{node}`: {line}"));
            }
            _ => {}
        }
    }

    fn ended(&self, entry: &Entry, counts: &Counts) {
        locked(&self.last).1 = *counts;
        self.measure(|metrics| metrics.ended(entry, counts));
        self.bar.set_position(counts.ended());
        if self.is_json {
            events::line(&json!({ "event": "item_ended", "entry": entry }));
        } else if let (Ended::Failed, Some(why)) = (entry.ended, &entry.error) {
            self.bar
                .suspend(|| anstream::eprintln!("{} failed: {why}", entry.label));
        }
    }
}
