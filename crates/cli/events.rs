//! Tells of a run while it goes on: a bar on a terminal, or lines of JSON.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use weft::{
    engine::{Event, Events},
    node::LogLevel,
    value::Image,
    vision::codec::{EncodeOptions, Format, encode},
};

use crate::run::Output;

/// Time between two lines on the steps of one node.
const STEP_EVERY: Duration = Duration::from_millis(100);

/// Tells of a run while it goes on.
pub(crate) struct Teller {
    bar: ProgressBar,
    is_json: bool,
    previews: Option<PathBuf>,
    previewed: AtomicUsize,
    last_step: Mutex<Option<(String, Instant)>>,
}

/// A teller for this output: a bar only where a person sees it.
pub(crate) fn teller(output: &Output) -> Arc<Teller> {
    let is_seen = !output.json && std::io::stderr().is_terminal();
    let bar = ProgressBar::with_draw_target(None, target(is_seen));
    let style = ProgressStyle::with_template("{elapsed:>4} {bar:24} {pos}/{len} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(250));
    Arc::new(Teller {
        bar,
        is_json: output.json,
        previews: output.previews.clone(),
        previewed: AtomicUsize::new(0),
        last_step: Mutex::new(None),
    })
}

fn target(is_seen: bool) -> ProgressDrawTarget {
    if is_seen {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}

impl Teller {
    /// Tells of something that is allowed and still likely a slip.
    pub(crate) fn warn(&self, warning: &dyn std::fmt::Display) {
        if self.is_json {
            line(&json!({ "event": "warning", "message": warning.to_string() }));
        } else {
            self.bar
                .suspend(|| anstream::eprintln!("warning: {warning}"));
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// Whether a step of this node is told now: every last one, and others not too often.
    fn is_due(&self, node: &str, is_last: bool) -> bool {
        let mut last = self
            .last_step
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_due = last
            .as_ref()
            .is_none_or(|(name, at)| name != node || at.elapsed() >= STEP_EVERY);
        if is_due {
            *last = Some((node.to_owned(), Instant::now()));
        }
        is_due || is_last
    }

    fn save_preview(&self, node: &str, image: &Image) {
        let Some(folder) = &self.previews else { return };
        let number = self.previewed.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{}-{number:04}.png", node.replace('/', "-")));
        let options = EncodeOptions {
            format: Format::Png,
            ..EncodeOptions::default()
        };
        let saved = encode(image, &options)
            .map_err(|error| error.to_string())
            .and_then(|bytes| {
                let existing = weft::store::Existing::Replace;
                weft::store::write_atomically(&path, &bytes, existing)
                    .map_err(|error| error.to_string())
            });
        if let Err(error) = saved {
            self.warn(&format_args!("no preview of `{node}`: {error}"));
        }
    }
}

impl Events for Teller {
    fn shows_previews(&self) -> bool {
        self.is_json || self.previews.is_some()
    }

    fn on(&self, event: Event<'_>) {
        if let Event::Preview { node, image } = &event {
            self.save_preview(node, image);
        }
        if self.is_json {
            if let Event::Step { node, done, total } = &event
                && !self.is_due(node, done == total)
            {
                return;
            }
            line(&described(&event));
            return;
        }
        match event {
            Event::Planned { nodes } => self.bar.set_length(nodes as u64),
            Event::Started { node } => self.bar.set_message(node.to_owned()),
            Event::Step { node, done, total } => {
                self.bar.set_message(format!("{node} {done}/{total}"))
            }
            Event::Finished { .. } => self.bar.inc(1),
            Event::Log {
                level: LogLevel::Debug,
                ..
            } => {}
            Event::Log { node, level, line } => self.bar.suspend(|| {
                let mark = if level == LogLevel::Warning {
                    "warning: "
                } else {
                    ""
                };
                anstream::eprintln!("{mark}`{node}`: {line}");
            }),
            Event::Preview { .. } => {}
        }
    }
}

fn described(event: &Event<'_>) -> Value {
    match event {
        Event::Planned { nodes } => json!({ "event": "planned", "nodes": nodes }),
        Event::Started { node } => json!({ "event": "started", "node": node }),
        Event::Step { node, done, total } => {
            json!({ "event": "step", "node": node, "done": done, "total": total })
        }
        Event::Log { node, level, line } => {
            let level = match level {
                LogLevel::Debug => "debug",
                LogLevel::Info => "info",
                LogLevel::Warning => "warning",
            };
            json!({ "event": "log", "node": node, "level": level, "line": line })
        }
        Event::Preview { node, .. } => json!({ "event": "preview", "node": node }),
        Event::Finished {
            node,
            outcome,
            time,
        } => {
            let mut told =
                json!({ "event": "finished", "node": node, "ms": time.as_secs_f64() * 1e3 });
            crate::summary::describe(outcome, &mut told);
            told
        }
    }
}

/// Prints one line of JSON. A reader that has gone away is not a failure of the run.
pub(crate) fn line(value: &Value) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{value}");
    let _ = out.flush();
}
