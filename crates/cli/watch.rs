//! `weft watch`: runs a graph again whenever it, or a file that it reads, changes.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use miette::{Report, miette};
use notify::{EventKind, RecursiveMode, Watcher};
use weft::{
    Weft,
    engine::{Cancel, History, Outbox, Plan, Ride},
    graph::Given,
};

use crate::{Ending, GOOD, events, machine::Machine, problems, run, run::Output, source, summary};

/// An editor that saves writes several times; wait this long for it to be done.
const SETTLE: Duration = Duration::from_millis(40);

/// Run a graph again whenever it, or a file that it reads, changes.
///
/// Only what changed is made anew. Files that this watch has written are replaced; others only with `--overwrite`. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Graph file.
    graph: PathBuf,
    /// Set an input of the graph; may be given again.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = run::assignment)]
    set: Vec<(String, String)>,
    /// Say for each node why it ran.
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    machine: Machine,
}

/// What one look at the graph found: the files to watch, and what went wrong.
struct Look {
    files: BTreeSet<PathBuf>,
    history: History,
}

/// Watches a graph until it is stopped.
pub(crate) fn watch(args: &Args) -> Ending {
    let mut weft = args.machine.start()?;
    let (tell, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading a file is an event too, on some systems, and must not make us read it again.
        if let Ok(event) = event
            && !matches!(event.kind, EventKind::Access(_))
        {
            let _ = tell.send(event.paths);
        }
    })
    .map_err(|error| miette!("cannot watch files: {error}"))?;
    let cancel = Cancel::default();
    run::cancel_on_interrupt(&cancel)?;
    let outbox = Outbox::new(&args.output.out, args.output.overwrite);
    let mut look = Look {
        files: BTreeSet::from([source::absolute(&args.graph)]),
        history: History::default(),
    };
    let mut watched = BTreeSet::new();
    // Before the first look too, so that no change between the two is missed.
    watch_folders(&mut watcher, &look.files, &mut watched)?;
    while !cancel.is_cancelled() {
        if let Err(report) = go(args, &mut weft, &mut look, (&outbox, &cancel)) {
            problems::tell(&report);
        }
        watch_folders(&mut watcher, &look.files, &mut watched)?;
        wait(&changes, &look.files, &cancel);
    }
    Ok(GOOD)
}

fn go(
    args: &Args,
    weft: &mut Weft,
    look: &mut Look,
    (outbox, cancel): (&Outbox, &Cancel),
) -> Result<(), Report> {
    let start = Instant::now();
    let (source, given) = source::one(&args.graph, Given::none())?;
    let given = run::given_over(given, &args.set);
    let graph = weft.read(source, &given)?;
    look.files = graph
        .sources()
        .iter()
        .map(|source| source::absolute(Path::new(&source.name)))
        .collect();
    look.files.insert(source::absolute(&args.graph));
    // Files that a literal names are watched even if one of them is missing: it may come.
    look.files.extend(
        weft::engine::files_named(&graph, weft.packs())
            .iter()
            .map(|path| source::absolute(path)),
    );
    let plan: Plan = weft.plan(&graph)?;
    let teller = events::teller(&args.output);
    let ride = Ride {
        only: None,
        cancel: cancel.clone(),
        events: teller.clone(),
        outbox: outbox.clone(),
    };
    let report = run::go(weft, &plan, ride)?;
    teller.end();
    if args.output.json {
        summary::print_json(&plan, &report);
    } else {
        let reasons = args.explain.then(|| look.history.reasons(&plan, &report));
        summary::print(&plan, &report, reasons.as_deref());
        anstream::println!(
            "watching ({} after the change)",
            summary::time(start.elapsed())
        );
    }
    look.history = History::of(&plan);
    Ok(())
}

/// Waits until one of `files` has changed and the changes have settled, or the watch is cancelled.
fn wait(changes: &Receiver<Vec<PathBuf>>, files: &BTreeSet<PathBuf>, cancel: &Cancel) {
    let matters = |paths: &[PathBuf]| {
        paths
            .iter()
            .any(|path| files.iter().any(|file| path.starts_with(file)))
    };
    loop {
        if cancel.is_cancelled() {
            return;
        }
        match changes.recv_timeout(Duration::from_millis(100)) {
            Ok(paths) if matters(&paths) => break,
            _ => {}
        }
    }
    while changes.recv_timeout(SETTLE).is_ok() {}
}

/// Watches the folders of `files` that are not watched yet.
fn watch_folders(
    watcher: &mut impl Watcher,
    files: &BTreeSet<PathBuf>,
    watched: &mut BTreeSet<PathBuf>,
) -> miette::Result<()> {
    for folder in folders(files) {
        if watched.contains(&folder) {
            continue;
        }
        watcher
            .watch(&folder, RecursiveMode::NonRecursive)
            .map_err(|error| miette!("cannot watch folder: {error}: {}", folder.display()))?;
        watched.insert(folder);
    }
    Ok(())
}

/// The folders to watch: an editor may put a new file in the place of the old one, which a watch on the
/// file itself would not see.
fn folders(files: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let of = |file: &PathBuf| {
        if file.is_dir() {
            Some(file.clone())
        } else {
            file.parent().map(Path::to_path_buf)
        }
    };
    files
        .iter()
        .filter_map(of)
        .filter(|folder| folder.is_dir())
        .collect()
}
