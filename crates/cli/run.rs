//! `weft run`: runs a graph once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use miette::miette;
use weft::{
    Weft,
    engine::{Cancel, History, Outbox, Plan, Report, Ride},
    graph::Given,
    value::Digest,
};

use crate::{Ending, GOOD, events, machine::Machine, source, summary};

/// Run a graph once and write its pictures.
///
/// What was made before and did not change is recalled. A PNG that Weft has saved can stand for the graph
/// that made it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Graph file, or a PNG that Weft has saved.
    pub(crate) graph: PathBuf,
    /// Set an input of the graph; may be given again.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,
    /// Run only what this node needs; may be given again.
    #[arg(long, value_name = "NODE")]
    pub(crate) only: Vec<String>,
    /// Say for each node whether it ran or was recalled, and why.
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) machine: Machine,
}

/// Where files and messages go.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Write files below this folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// Replace files that exist.
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Save previews below this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) previews: Option<PathBuf>,
    /// Print events as lines of JSON, and nothing else, to standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Reads `name=value`.
pub(crate) fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

/// The values that the command line gives; paths start from the working folder.
pub(crate) fn given(set: &[(String, String)]) -> Given {
    let mut given = Given::none();
    given.folder = std::env::current_dir().unwrap_or_default();
    set.iter()
        .for_each(|(name, value)| given.set_text(name, value));
    given
}

/// Runs a graph once.
pub(crate) fn run(args: &Args) -> Ending {
    let mut weft = args.machine.start()?;
    let (source, memory) = source::one(&args.graph)?;
    let values: Vec<_> = memory.values.iter().chain(&args.set).cloned().collect();
    let graph = weft.read(source, &given(&values))?;
    let plan = weft.plan_item(&graph, memory.item)?;
    let events = events::teller(&args.output);
    for warning in graph.warnings() {
        events.warn(warning);
    }
    let cancel = Cancel::default();
    cancel_on_interrupt(&cancel, "stopping")?;
    let past = Past::of(&args.graph, &args.machine);
    let ride = Ride {
        only: (!args.only.is_empty()).then_some(&args.only),
        cancel,
        events: events.clone(),
        outbox: Outbox::new(&args.output.out, args.output.overwrite),
        is_shared: None,
    };
    let report = go(&mut weft, &plan, ride)?;
    events.end();
    if args.output.json {
        summary::print_json(&plan, &report);
    } else {
        let reasons = args.explain.then(|| past.history().reasons(&plan, &report));
        summary::print(&plan, &report, reasons.as_deref());
    }
    past.remember(&plan, &report);
    for warning in weft.engine().store().warnings() {
        anstream::eprintln!("warning: {warning}");
    }
    Ok(if report.is_good() {
        GOOD
    } else {
        ExitCode::FAILURE
    })
}

/// Runs a plan once.
pub(crate) fn go(weft: &mut Weft, plan: &Plan, ride: Ride<'_>) -> miette::Result<Report> {
    Ok(on_engine_thread(|| weft.run(plan, ride))??)
}

/// Works on a thread whose name says that its panics are those of nodes.
pub(crate) fn on_engine_thread<T: Send>(work: impl FnOnce() -> T + Send) -> miette::Result<T> {
    let worked = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("weft-engine".to_owned());
        let engine = builder.spawn_scoped(scope, work);
        engine.map(|engine| engine.join())
    });
    match worked {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(_)) => Err(miette!("the engine panicked, which is a bug in Weft")),
        Err(error) => Err(miette!("cannot start the engine: {error}")),
    }
}

/// The first Ctrl-C or SIGTERM cancels, and says what that does; the second kills.
pub(crate) fn cancel_on_interrupt(cancel: &Cancel, does: &'static str) -> miette::Result<()> {
    let cancel = cancel.clone();
    let hear = move || {
        if cancel.is_cancelled() {
            std::process::exit(130);
        }
        anstream::eprintln!("{does}; once more to kill");
        cancel.cancel();
        weft::value::stop_fetching();
    };
    ctrlc::set_handler(hear).map_err(|error| miette!("cannot listen for Ctrl-C: {error}"))
}

/// Where it is kept what this graph looked like when it last ran here.
struct Past {
    file: Option<PathBuf>,
}

impl Past {
    /// By the path of the graph; nowhere if results are kept nowhere.
    fn of(graph: &Path, machine: &Machine) -> Self {
        let path = graph.canonicalize().unwrap_or_else(|_| graph.to_owned());
        let name = format!(
            "{}.json",
            Digest::of(path.as_os_str().as_encoded_bytes()).short()
        );
        Self {
            file: machine
                .folder()
                .map(|folder| folder.join("history").join(name)),
        }
    }

    /// What it looked like; like nothing, if it never ran.
    fn history(&self) -> History {
        let text = self.file.as_ref().and_then(|file| fs::read(file).ok());
        text.and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    /// Keeps what it looks like now. History only explains, so failing to keep it fails nothing.
    fn remember(&self, plan: &Plan, report: &Report) {
        let Some(file) = self.file.as_ref().filter(|_| !report.is_cancelled()) else {
            return;
        };
        if let Ok(text) = serde_json::to_vec(&History::of(plan)) {
            let _ = weft::store::write_atomically(file, &text, weft::store::Existing::Replace);
        }
    }
}
