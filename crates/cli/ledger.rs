//! `weft ledger`: shows, verifies and exports the ledger of a batch.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use miette::miette;
use weft::{
    batch::ledger::{self, Ended, Entry, Line},
    store::{Existing, write_atomically},
};

use crate::{Ending, GOOD, batch::folder_of, progress, summary};

/// Show, verify or export the ledger of a batch.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the items, how each ended, and why some failed.
    Show {
        /// The ledger, or the folder of the batch.
        ledger: PathBuf,
        /// Only items that failed.
        #[arg(long)]
        failed: bool,
    },
    /// Read every file of the batch and say which are missing or have changed.
    Verify {
        /// The ledger, or the folder of the batch.
        ledger: PathBuf,
    },
    /// Write the items as a table.
    Export {
        /// How the table is written.
        #[arg(value_parser = ["csv"])]
        format: String,
        /// The ledger, or the folder of the batch.
        ledger: PathBuf,
        /// Write it to this file instead of standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Shows, verifies or exports.
pub(crate) fn ledger(args: &Args) -> Ending {
    match &args.what {
        What::Show { ledger, failed } => show(ledger, *failed),
        What::Verify { ledger } => verify(ledger),
        What::Export { ledger, out, .. } => export(ledger, out.as_deref()),
    }
}

/// The lines of a ledger, or of all in a folder.
pub(crate) fn lines(path: &Path) -> miette::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for path in ledger::find(path).map_err(|why| {
        miette!(
            help = "name the folder that `weft batch --out` named, or a ledger in it",
            "{why}"
        )
    })? {
        lines.extend(ledger::read(&path).map_err(|why| miette!("{why}"))?);
    }
    Ok(lines)
}

fn show(path: &Path, only_failed: bool) -> Ending {
    let lines = lines(path)?;
    let entries = ledger::latest(&lines);
    let width = entries
        .iter()
        .map(|(_, entry)| entry.label.chars().count())
        .max()
        .unwrap_or(0);
    for (_, entry) in &entries {
        if only_failed && entry.ended != Ended::Failed {
            continue;
        }
        let files: Vec<&str> = entry
            .outputs
            .iter()
            .map(|output| output.path.as_str())
            .collect();
        let told = entry.error.clone().unwrap_or_else(|| files.join(", "));
        let time = summary::time(std::time::Duration::from_secs_f64(entry.ms.max(0.0) / 1e3));
        anstream::println!(
            "{:width$}  {:7}  {time:>8}  {told}",
            entry.label,
            entry.ended.word()
        );
    }
    let failed = entries
        .iter()
        .filter(|(_, entry)| entry.ended == Ended::Failed)
        .count();
    anstream::println!("{} items, {failed} failed", entries.len());
    Ok(GOOD)
}

fn verify(path: &Path) -> Ending {
    let lines = lines(path)?;
    let folder = folder_of(path);
    let entries = ledger::latest(&lines);
    let bar = progress::bar("{elapsed:>4} {bar:24} {pos}/{len} items");
    bar.set_length(entries.len() as u64);
    let (mut sound, mut wrong) = (0, Vec::new());
    for (_, entry) in entries
        .iter()
        .filter(|(_, entry)| entry.ended != Ended::Failed)
    {
        for output in &entry.outputs {
            match ledger::check(&folder, output) {
                Ok(()) => sound += 1,
                Err(why) => wrong.push(format!("{}: {why}: {}", entry.label, output.path)),
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    wrong.iter().for_each(|line| anstream::println!("{line}"));
    anstream::println!(
        "{sound} files are as they were written, {} are not",
        wrong.len()
    );
    Ok(if wrong.is_empty() {
        GOOD
    } else {
        ExitCode::FAILURE
    })
}

fn export(path: &Path, out: Option<&Path>) -> Ending {
    let lines = lines(path)?;
    let entries: Vec<&Entry> = ledger::latest(&lines)
        .into_iter()
        .map(|(_, entry)| entry)
        .collect();
    let table = ledger::to_csv(&entries);
    match out {
        Some(path) => {
            write_atomically(path, table.as_bytes(), Existing::Replace)
                .map_err(|why| miette!("{why}"))?;
            let columns: BTreeSet<&String> = entries
                .iter()
                .flat_map(|entry| entry.inputs.keys())
                .collect();
            anstream::println!(
                "wrote {} ({} items, {} inputs)",
                path.display(),
                entries.len(),
                columns.len()
            );
        }
        None => anstream::print!("{table}"),
    }
    Ok(GOOD)
}
