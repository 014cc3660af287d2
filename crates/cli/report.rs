//! `weft report`: a page about a batch.

use std::path::PathBuf;

use miette::miette;
use weft::{
    batch::{ledger, report as page},
    store::{Existing, write_atomically},
};

use crate::{Ending, GOOD, batch::folder_of, ledger as ledgers, progress, summary};

/// Write one page about a batch, with thumbnails, inputs, times and failures, that opens offline.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The ledger, or the folder of the batch.
    ledger: PathBuf,
    /// Write it to this file [default: report.html beside the ledger].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes a page about a batch.
pub(crate) fn report(args: &Args) -> Ending {
    let lines = ledgers::lines(&args.ledger)?;
    let entries = ledger::latest(&lines);
    let folder = folder_of(&args.ledger);
    let bar = progress::bar("{elapsed:>4} {bar:24} {pos}/{len} items");
    bar.set_length(entries.len() as u64);
    let text = page(&folder, &entries, &mut || bar.inc(1));
    bar.finish_and_clear();
    let path = args
        .out
        .clone()
        .unwrap_or_else(|| folder.join("report.html"));
    write_atomically(&path, text.as_bytes(), Existing::Replace).map_err(|why| miette!("{why}"))?;
    anstream::println!(
        "wrote {} ({})",
        path.display(),
        summary::bytes(text.len() as u64)
    );
    Ok(GOOD)
}
