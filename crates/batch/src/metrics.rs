//! Numbers for who watches a batch from outside, as a Prometheus text file (the textfile collector of its node
//! exporter reads such).

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use weft_store::{Existing, WriteError, write_atomically};

use crate::{Counts, ledger::Entry};

/// Time between two writings of the file.
const EVERY: Duration = Duration::from_secs(1);

/// Keeps a file of numbers up to date.
#[derive(Debug)]
pub struct Metrics {
    path: PathBuf,
    graph: String,
    started: Instant,
    written: Option<Instant>,
    busy: f64,
    bytes: u64,
}

impl Metrics {
    /// Numbers of a batch of `graph`, for the file at `path`.
    pub fn new(path: &Path, graph: &str) -> Self {
        Self {
            path: path.to_owned(),
            graph: graph
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n"),
            started: Instant::now(),
            written: None,
            busy: 0.0,
            bytes: 0,
        }
    }

    /// Takes in an item that has ended; writes the file if that was not done a moment ago.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn ended(&mut self, entry: &Entry, counts: &Counts) -> Result<(), WriteError> {
        self.busy += entry.nodes.values().sum::<f64>() / 1e3;
        self.bytes += entry.outputs.iter().map(|output| output.bytes).sum::<u64>();
        match self.written {
            Some(written) if written.elapsed() < EVERY => Ok(()),
            _ => self.write(counts),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, counts: &Counts) -> Result<(), WriteError> {
        self.written = Some(Instant::now());
        write_atomically(&self.path, self.text(counts).as_bytes(), Existing::Replace)
    }

    fn text(&self, counts: &Counts) -> String {
        let mut text = String::new();
        let mut metric = |(name, kind, help): (&str, &str, &str), lines: &[(String, f64)]| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (label, value) in lines {
                let _ = writeln!(text, "{name}{{graph=\"{}\"{label}}} {value}", self.graph);
            }
        };
        metric(
            (
                "weft_batch_items_wanted",
                "gauge",
                "Items that this batch runs.",
            ),
            &[(String::new(), counts.wanted as f64)],
        );
        metric(
            (
                "weft_batch_items_total",
                "counter",
                "Items that have ended, by how.",
            ),
            &counts
                .by_end()
                .map(|(ended, count)| (format!(",ended=\"{}\"", ended.word()), count as f64)),
        );
        metric(
            (
                "weft_batch_node_seconds_total",
                "counter",
                "Time that nodes have run.",
            ),
            &[(String::new(), self.busy)],
        );
        metric(
            (
                "weft_batch_written_bytes_total",
                "counter",
                "Bytes of files written.",
            ),
            &[(String::new(), self.bytes as f64)],
        );
        metric(
            (
                "weft_batch_elapsed_seconds",
                "gauge",
                "Time since the batch began.",
            ),
            &[(String::new(), self.started.elapsed().as_secs_f64())],
        );
        text
    }
}
