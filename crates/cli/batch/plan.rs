//! `weft batch --plan`: what a batch would do, and what the last ones took.

use std::{fs, path::PathBuf};

use miette::miette;
use weft::{
    batch::{
        Items, Sharing, Timings,
        ledger::{Past, Session},
    },
    store::{Existing, write_atomically},
    value::Digest,
};

use super::{Args, First};
use crate::{Ending, GOOD, machine::Machine, source, summary};

/// Prints what the batch would do.
pub(super) fn plan(args: &Args, (items, first, session): (&Items, &First, &Session)) -> Ending {
    let ledger = args.ledger_path();
    let past = match ledger.exists() {
        true => Past::read(&ledger).map_err(|why| miette!("{why}"))?,
        false => Past::default(),
    };
    let out = source::absolute(&args.out);
    let counts = args.selection((items, &out, &past)).wanted().counts();
    anstream::println!(
        "{} items, {} to run here{}",
        items.len(),
        counts.wanted,
        match counts.before {
            0 => String::new(),
            before => format!(", {before} done before"),
        }
    );
    for group in items.groups() {
        anstream::println!(
            "  {}: {} values of {}",
            group.place,
            group.rows.len(),
            group.inputs().join(", ")
        );
    }
    if items.repeat() > 1 {
        anstream::println!("  each {} times", items.repeat());
    }
    match &first.sharing {
        Some(sharing) => {
            let timings = recalled(&args.machine, session).unwrap_or_default();
            tell(sharing, &timings, (counts.wanted, items.len()));
        }
        None => anstream::println!(
            "the first item cannot be planned, so nothing can be said of time and sharing"
        ),
    }
    Ok(GOOD)
}

/// Prints how many results each node has, and what they will take.
fn tell(sharing: &Sharing, timings: &Timings, counts: (u64, u64)) {
    anstream::println!(
        "{} nodes an item, {} of them shared:",
        sharing.nodes.len(),
        sharing.shared()
    );
    let widths = sharing.nodes.iter().map(|(name, _)| name.chars().count());
    let width = widths.max().unwrap_or(0);
    for (name, results) in &sharing.nodes {
        let noun = if *results == 1 { "result" } else { "results" };
        anstream::println!("  {name:width$}  {results} {noun}");
    }
    match timings.forecast(sharing, counts) {
        Some(forecast) => anstream::println!(
            "about {} of time, {} of files",
            summary::time(forecast.time),
            summary::bytes(forecast.bytes)
        ),
        None => anstream::println!(
            "time and bytes are not known: not every node of this graph has run in a batch before; `--limit 1` measures"
        ),
    }
}

/// Where it is kept what a graph took.
fn file(machine: &Machine, session: &Session) -> Option<PathBuf> {
    let name = format!("{}.json", Digest::of(session.graph_hash.as_bytes()).short());
    Some(machine.folder()?.join("timings").join(name))
}

fn recalled(machine: &Machine, session: &Session) -> Option<Timings> {
    serde_json::from_slice(&fs::read(file(machine, session)?).ok()?).ok()
}

/// Keeps what the items took. It only forecasts, so failing to keep it fails nothing.
pub(super) fn remember(machine: &Machine, session: &Session, took: Timings) {
    let Some(file) = file(machine, session) else {
        return;
    };
    let timings = took.over(recalled(machine, session).unwrap_or_default());
    if let Ok(text) = serde_json::to_vec(&timings) {
        let _ = write_atomically(&file, &text, Existing::Replace);
    }
}
