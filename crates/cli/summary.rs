//! Tells what came of a run.

use std::{fmt::Write, time::Duration};

use serde_json::{Value, json};
use weft::{
    engine::{Lives, Outcome, Plan, Reason, Report, Row},
    store::Tier,
    tensor::{Copies, Crossed},
};

use crate::{events, problems};

/// Prints what was written, what failed, and a line in sum; with `reasons`, a line per node too.
pub(crate) fn print(plan: &Plan, report: &Report, reasons: Option<&[Reason]>) {
    if let Some(reasons) = reasons {
        anstream::println!("{}", table(report, reasons));
    }
    for row in &report.rows {
        for saved in row.saved() {
            let did = if row.outcome == Outcome::Ran {
                "wrote"
            } else {
                "is up to date:"
            };
            anstream::println!("{did} {} ({})", saved.path.display(), bytes(saved.bytes));
        }
    }
    for (node, row) in plan.nodes().iter().zip(&report.rows) {
        if let Outcome::Failed(message) = &row.outcome {
            let problem =
                weft::engine::NodeFailed::new(node.name(), message.clone(), node.origin());
            let mut text = String::new();
            // Writing to a string does not fail.
            let _ = problems::handler().render_report(&mut text, &problem);
            anstream::eprintln!("{text}");
        }
    }
    anstream::println!("{}", in_sum(report));
}

/// Prints the report as one line of JSON.
pub(crate) fn print_json(plan: &Plan, report: &Report) {
    let row = |(node, row): (&weft::engine::PlannedNode, &Row)| {
        let mut told = json!({
            "node": row.node,
            "kind": row.kind,
            "build": row.build.short(),
            "key": node.key().to_string(),
            "ms": row.time.as_secs_f64() * 1e3,
            "bytes": row.bytes,
            "lives": row.lives.map(place),
            "copies": copies(row.copies),
            "files": row.saved().map(|saved| json!({
                "path": saved.path, "bytes": saved.bytes, "blake3": saved.content.to_string(),
            })).collect::<Vec<_>>(),
        });
        describe(&row.outcome, &mut told);
        if let Some(same) = &row.same_as {
            told["same_as"] = json!(same);
        }
        told
    };
    let rows: Vec<_> = plan.nodes().iter().zip(&report.rows).map(row).collect();
    events::line(&json!({
        "event": "report",
        "good": report.is_good(),
        "ms": report.time.as_secs_f64() * 1e3,
        "copies": copies(report.copies()),
        "nodes": rows,
    }));
}

/// Where values live, in a word.
fn place(lives: Lives) -> &'static str {
    match lives {
        Lives::Host => "host",
        Lives::Device => "device",
        Lives::Both => "both",
    }
}

/// What crossed between host and device, for JSON.
fn copies(copies: Copies) -> Value {
    let crossed = |it: Crossed| json!({ "count": it.count, "bytes": it.bytes });
    json!({ "up": crossed(copies.up), "down": crossed(copies.down), "weights": crossed(copies.weights), "made": crossed(copies.made) })
}

/// What crossed between host and device, for people; nothing if nothing did.
fn crossings(copies: Copies) -> String {
    let told = |what: &str, it: Crossed| {
        let noun = if it.count == 1 { "copy" } else { "copies" };
        (it.count > 0).then(|| format!("{what} {} {noun} of {}", it.count, bytes(it.bytes)))
    };
    let parts = [
        told("up", copies.up),
        told("down", copies.down),
        told("weights", copies.weights),
        told("constants", copies.made),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Adds what an outcome is to a line of JSON.
pub(crate) fn describe(outcome: &Outcome, told: &mut Value) {
    told["outcome"] = json!(word(outcome));
    match outcome {
        Outcome::Failed(message) => told["error"] = json!(message),
        Outcome::Blocked(by) => told["by"] = json!(by),
        Outcome::Recalled { saved, .. } => told["saved_ms"] = json!(saved.as_secs_f64() * 1e3),
        _ => {}
    }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Ran => "ran",
        Outcome::Recalled {
            tier: Tier::Memory, ..
        } => "recalled",
        Outcome::Recalled {
            tier: Tier::Disk, ..
        } => "recalled from disk",
        Outcome::Unneeded => "not needed",
        Outcome::Failed(_) => "failed",
        Outcome::Blocked(_) => "blocked",
        Outcome::Cancelled => "cancelled",
    }
}

fn table(report: &Report, reasons: &[Reason]) -> String {
    let width = report
        .rows
        .iter()
        .map(|row| row.node.chars().count())
        .max()
        .unwrap_or(0)
        .max(4);
    let mut table = format!(
        "{:width$}  {:20} {:>9} {:>9}  {:6}  why",
        "node", "outcome", "time", "memory", "lives"
    );
    for (row, reason) in report.rows.iter().zip(reasons) {
        let why = match (&row.outcome, &row.same_as) {
            (_, Some(same)) => format!("the same as `{same}`"),
            (Outcome::Blocked(by), _) => format!("`{by}` failed"),
            (Outcome::Unneeded, _) => "all that takes from it is unchanged".to_owned(),
            (Outcome::Cancelled, _) => "the run was stopped".to_owned(),
            _ => reason.to_string(),
        };
        let (outcome, time, memory) = (word(&row.outcome), time(row.time), bytes(row.bytes));
        let lives = row.lives.map_or("-", place);
        // Writing to a string does not fail.
        let _ = write!(
            table,
            "\n{:width$}  {outcome:20} {time:>9} {memory:>9}  {lives:6}  {why}",
            row.node
        );
        let crossed = crossings(row.copies);
        if !crossed.is_empty() {
            let _ = write!(table, "; {crossed}");
        }
    }
    let crossed = crossings(report.copies());
    if !crossed.is_empty() {
        let _ = write!(table, "\nbetween host and device: {crossed}");
    }
    table
}

fn in_sum(report: &Report) -> String {
    let count =
        |is: &dyn Fn(&Outcome) -> bool| report.rows.iter().filter(|row| is(&row.outcome)).count();
    let recalled =
        count(&|outcome| matches!(outcome, Outcome::Recalled { .. } | Outcome::Unneeded));
    let alike = report
        .rows
        .iter()
        .filter(|row| row.same_as.is_some() && row.outcome == Outcome::Ran)
        .count();
    let mut parts = vec![format!("{} ran", report.ran())];
    for (count, what) in [
        (alike, "alike"),
        (recalled, "unchanged"),
        (
            count(&|outcome| matches!(outcome, Outcome::Failed(_))),
            "failed",
        ),
        (
            count(&|outcome| matches!(outcome, Outcome::Blocked(_))),
            "blocked",
        ),
        (
            count(&|outcome| *outcome == Outcome::Cancelled),
            "cancelled",
        ),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    let nodes = report.rows.len();
    let noun = if nodes == 1 { "node" } else { "nodes" };
    format!(
        "{nodes} {noun}: {} in {}",
        parts.join(", "),
        time(report.time)
    )
}

/// A time as people read it.
pub(crate) fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 60.0 => {
            format!("{}m {:02.0}s", (seconds / 60.0) as u64, seconds % 60.0)
        }
        seconds if seconds >= 1.0 => format!("{seconds:.1} s"),
        seconds if seconds >= 1e-3 => format!("{:.0} ms", seconds * 1e3),
        seconds if seconds > 0.0 => format!("{:.0} µs", seconds * 1e6),
        _ => "-".to_owned(),
    }
}

/// A size as people read it.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        size if size >= 1e9 => format!("{:.1} GB", size / 1e9),
        size if size >= 1e6 => format!("{:.1} MB", size / 1e6),
        size if size >= 1e3 => format!("{:.1} kB", size / 1e3),
        0.0 => "-".to_owned(),
        size => format!("{size} B"),
    }
}
