//! `weft watch`: runs a graph again whenever it, or a file that it reads, changes.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Instant,
};

use miette::{Report, miette};
use weft::{
    Weft,
    engine::{Cancel, History, Outbox, Plan, Ride},
    host::{Change, Plugins, Watch},
};

use crate::{Ending, GOOD, events, machine::Machine, problems, run, run::Output, source, summary};

/// Run a graph again whenever it, a file that it reads, or a plugin changes.
///
/// Only what changed is made anew: of a plugin that was built again, its nodes and what takes from them. A plugin that
/// does not load leaves the one before in use. Files that this watch has written are replaced; others only with `--overwrite`. Ctrl-C ends it.
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
    watch_with(args, &[])
}

/// Watches a graph until it is stopped, with these plugins as well, whichever builds of them a lock names.
pub(crate) fn watch_with(args: &Args, plugins: &[PathBuf]) -> Ending {
    let mut weft = args.machine.start_with(plugins)?;
    let mut watch = Watch::new().map_err(|why| miette!("{why}"))?;
    let cancel = Cancel::default();
    run::cancel_on_interrupt(&cancel, "stopping")?;
    let outbox = Outbox::new(&args.output.out, args.output.overwrite);
    let mut look = Look {
        files: BTreeSet::from([source::absolute(&args.graph)]),
        history: History::default(),
    };
    // Before the first look too, so that no change between the two is missed.
    add_folders(&mut watch, &look.files, &weft)?;
    let mut is_due = true;
    while !cancel.is_cancelled() {
        if is_due && let Err(report) = go(args, &mut weft, &mut look, (&outbox, &cancel)) {
            problems::tell(&report);
        }
        add_folders(&mut watch, &look.files, &weft)?;
        let is_plugin = |path: &Path| weft.plugins().is_some_and(|plugins| plugins.may_be(path));
        let is_file = |path: &Path| look.files.iter().any(|file| path.starts_with(file));
        let matters = |path: &Path| is_plugin(path) || is_file(path);
        let Some(changed) = watch.wait(matters, || cancel.is_cancelled()) else {
            break;
        };
        is_due = changed.iter().any(|path| is_file(path));
        is_due |= reload(&mut weft);
    }
    Ok(GOOD)
}

/// Loads what has changed of the plugins and says so; whether there is anything new.
fn reload(weft: &mut Weft) -> bool {
    let mut is_new = false;
    for change in weft.reload_plugins() {
        match change {
            Change::Loaded(plugin) => {
                is_new = true;
                let (id, version, build) = (plugin.id(), plugin.version(), plugin.build().short());
                anstream::println!("loaded {id} {version}, build {build}");
            }
            Change::Broken(problem) => problems::warn(&problem),
        }
    }
    is_new
}

fn go(
    args: &Args,
    weft: &mut Weft,
    look: &mut Look,
    (outbox, cancel): (&Outbox, &Cancel),
) -> Result<(), Report> {
    let start = Instant::now();
    let (source, memory) = source::one(&args.graph)?;
    let values: Vec<_> = memory.values.iter().chain(&args.set).cloned().collect();
    let graph = weft.read(source, &run::given(&values))?;
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
    let plan: Plan = weft.plan_item(&graph, memory.item)?;
    let teller = events::teller(&args.output);
    let ride = Ride {
        only: None,
        cancel: cancel.clone(),
        events: teller.clone(),
        outbox: outbox.clone(),
        is_shared: None,
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

/// Watches the folders of the files and of the plugins.
fn add_folders(watch: &mut Watch, files: &BTreeSet<PathBuf>, weft: &Weft) -> miette::Result<()> {
    let plugins = weft.plugins().map(Plugins::folders).unwrap_or_default();
    let added = watch.add(folders(files).into_iter().chain(plugins));
    added.map_err(|why| miette!("{why}"))
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
