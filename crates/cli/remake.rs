//! `weft remake`: makes one item of a batch again.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use miette::miette;
use weft::{
    ItemGraph,
    batch::ledger::{self, Entry, Session},
    engine::{Cancel, Outbox, Ride},
    graph::Given,
    spec::Source,
};

use crate::{
    Ending, GOOD,
    batch::{folder_of, item_of},
    events, ledger as ledgers,
    machine::Machine,
    run::{self, Output},
    summary,
};

/// Make one item of a batch again, from the ledger alone, and compare.
///
/// The graph, the values and the seeds come from the ledger. On the same device the files are the same to the bit; the
/// exit code is 1 if they are not.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The ledger, or the folder of the batch.
    ledger: PathBuf,
    /// The item: its label, or its key or the beginning of it.
    item: String,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    machine: Machine,
}

/// Makes one item of a batch again.
pub(crate) fn remake(args: &Args) -> Ending {
    let lines = ledgers::lines(&args.ledger)?;
    let (session, entry) = find(&ledger::latest(&lines), &args.item)?;
    let mut weft = args.machine.start()?;
    let item =
        item_of(entry).ok_or_else(|| miette!("the ledger has no right key for `{}`", args.item))?;
    let mut given = Given::none();
    given.folder = PathBuf::from(&session.values_folder);
    session
        .set
        .iter()
        .for_each(|(name, text)| given.set_text(name, text));
    let graph = ItemGraph {
        source: Arc::new(Source {
            name: format!("{} (the graph in the ledger)", session.graph),
            folder: PathBuf::from(&session.folder),
            text: session.text.clone(),
        }),
        given,
        varied: session.varied.clone(),
        derives_seeds: session.derived_seeds,
    };
    let plan = weft.items(graph).1.planned(&item)?;
    let teller = events::teller(&args.output);
    let cancel = Cancel::default();
    run::cancel_on_interrupt(&cancel, "stopping")?;
    let ride = Ride {
        only: None,
        cancel,
        events: teller.clone(),
        outbox: Outbox::new(&args.output.out, args.output.overwrite),
        is_shared: None,
    };
    let report = run::go(&mut weft, &plan, ride)?;
    teller.end();
    if args.output.json {
        summary::print_json(&plan, &report);
    } else {
        summary::print(&plan, &report, None);
    }
    if !report.is_good() {
        return Ok(ExitCode::FAILURE);
    }
    Ok(compare(args, entry))
}

/// The item that is called so.
fn find<'a>(
    entries: &[(&'a Session, &'a Entry)],
    name: &str,
) -> miette::Result<(&'a Session, &'a Entry)> {
    let labelled: Vec<_> = entries
        .iter()
        .filter(|(_, entry)| entry.label == name)
        .collect();
    let keyed = || {
        entries
            .iter()
            .filter(|(_, entry)| name.len() >= 4 && entry.item.starts_with(name))
            .collect()
    };
    let found: Vec<_> = if labelled.is_empty() {
        keyed()
    } else {
        labelled
    };
    match found[..] {
        [one] => Ok(*one),
        [] => Err(miette!(
            help = "`weft ledger show` lists them",
            "the ledger has no item `{name}`"
        )),
        _ => Err(miette!(
            help = "give more of the key",
            "several items are called `{name}`"
        )),
    }
}

/// Whether the files are those that the batch wrote.
fn compare(args: &Args, entry: &Entry) -> ExitCode {
    let mut differ = 0;
    for output in &entry.outputs {
        if let Err(why) = ledger::check(&args.output.out, output) {
            differ += 1;
            anstream::eprintln!("differs from the batch: {why}: {}", output.path);
        }
    }
    if differ > 0 {
        return ExitCode::FAILURE;
    }
    if !args.output.json {
        anstream::println!(
            "the same to the bit as in {}",
            folder_of(&args.ledger).display()
        );
    }
    GOOD
}
