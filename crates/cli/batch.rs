//! `weft batch`: runs a graph over many items.

mod asked;
mod plan;
mod teller;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use miette::miette;
use weft::{
    ItemGraph, Weft,
    batch::{
        Axes, Batch, Counts, Heard, Item, Items, Planner, Policy, Selection, Shard, Sharing, Skip,
        Timings,
        ledger::{self, Ended, Entry, Ledger, Past, PluginUsed, Session},
    },
    engine::Cancel,
    host::Change,
    spec::Source,
    store::{Existing, remove_unfinished, write_atomically},
    value::Hasher,
    vision::codec::{EncodeOptions, Format, encode},
};

use crate::{Ending, GOOD, machine::Machine, problems, run, source, summary};

use self::asked::Asked;

/// Run a graph over many items, and keep a ledger of them.
///
/// Items are told apart by what they set: `--over` a file of rows, `--sweep` values, `--folder` of pictures, `--prompts`.
/// What is given together in a row goes together; everything else is combined, each with each. The ledger in the output
/// folder says how every item was made: `--resume` goes on after a crash, `weft remake` makes one item again, `weft
/// report` makes a page of them. Ctrl-C or SIGTERM finishes the items that have begun, a second one kills.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  weft batch graphs/text_to_image.ron --prompts prompts.txt --repeat 4 --out drafts
  weft batch graphs/edges.ron --folder photo=photos/** --out edges
  weft batch graphs/text_to_image.ron --sweep steps=10,20 --sweep guidance=1..5 --grid x=steps,y=guidance --out grid
  weft batch graph.ron --over jobs.csv --shard 2/8 --resume --out jobs")]
pub(crate) struct Args {
    /// Graph file, or a PNG that Weft has saved.
    graph: PathBuf,
    /// Write files and the ledger below this folder.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    asked: Asked,
    /// Set an input for all items; may be given again.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = run::assignment, help_heading = "Items")]
    set: Vec<(String, String)>,
    /// Whether each item has seeds of its own; a grid has one for all, so that its cells compare.
    #[arg(long, value_enum, help_heading = "Items")]
    seeds: Option<Seeds>,
    /// Run at most so many items.
    #[arg(long, value_name = "N", help_heading = "Items")]
    limit: Option<u64>,
    /// Run only this part of the items, so that several machines share a batch; part 2 of 8 is 2/8.
    #[arg(long, value_name = "PART/PARTS", help_heading = "Items")]
    shard: Option<Shard>,
    /// Say what would be done, how long it would take and how much it would write, and end.
    #[arg(long)]
    plan: bool,
    /// Go on with a batch that was begun here: items that the ledger says are done are not done again.
    #[arg(
        long,
        help_heading = "What is there already",
        conflicts_with = "skip_existing"
    )]
    resume: bool,
    /// Pass over items whose files have the content that making them again would give.
    #[arg(long, help_heading = "What is there already")]
    skip_existing: bool,
    /// Replace files that exist.
    #[arg(long, help_heading = "What is there already")]
    overwrite: bool,
    /// Go on after an item has failed; this is the default.
    #[arg(long, conflicts_with = "fail_fast", help_heading = "Failures")]
    keep_going: bool,
    /// Begin no more items after one has failed.
    #[arg(long, help_heading = "Failures")]
    fail_fast: bool,
    /// Write a labelled contact sheet of the items, with these inputs along and down: x=steps,y=guidance.
    #[arg(long, value_name = "AXES", help_heading = "Output")]
    grid: Option<Axes>,
    /// Print events as lines of JSON, and nothing else, to standard output.
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Keep a Prometheus text file of counts up to date.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    metrics: Option<PathBuf>,
    #[command(flatten)]
    machine: Machine,
}

/// Whether each item has seeds of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Seeds {
    /// Each item and node has its own, derived from the seed of the graph.
    Derived,
    /// All items have the seed of the graph.
    Same,
}

/// Runs a graph over many items.
pub(crate) fn batch(args: &Args) -> Ending {
    let mut weft = args.machine.start()?;
    let (source, memory) = source::one(&args.graph)?;
    let source = Arc::new(source);
    let set: Vec<_> = memory.values.into_iter().chain(args.set.clone()).collect();
    let document = weft::graph::read(source.clone())?;
    let items = args.asked.items(&document, &set, &args.graph)?;
    if let Some(axes) = &args.grid {
        axes.check(&items)?;
    }
    let graph = ItemGraph {
        source: source.clone(),
        given: run::given(&set),
        varied: items.inputs(),
        derives_seeds: args.seeds.unwrap_or_else(|| args.default_seeds()) == Seeds::Derived,
    };
    let first = look(&mut weft, &graph, &items)?;
    let session = session(&weft, (args, &graph, &set), (&items, &first));
    if args.plan {
        return plan::plan(args, (&items, &first, &session));
    }
    let (ledger, past) = args.ledger(&session)?;
    // Nobody else writes here while the ledger is ours, but for other shards.
    let age = Duration::from_secs(if args.shard.is_some() { 3600 } else { 0 });
    remove_unfinished(&args.out, age);
    let teller = teller::teller(args, &session.graph);
    let stop = Cancel::default();
    run::cancel_on_interrupt(&stop, "finishing the items that have begun")?;
    let out = source::absolute(&args.out);
    let batch = Batch {
        wanted: args.selection((&items, &out, &past)).wanted(),
        policy: if args.fail_fast {
            Policy::FailFast
        } else {
            Policy::KeepGoing
        },
        may_replace: args.overwrite,
        window: first.window(&args.machine),
        sharing: first.sharing.as_ref(),
        stop: stop.clone(),
        heard: teller.clone() as Arc<dyn Heard>,
    };
    teller.begin(batch.wanted.counts());
    let start = Instant::now();
    let ran = go(&mut weft, (graph, batch), (ledger, session.clone()));
    let wall = start.elapsed();
    teller.end();
    let (counts, took) = ran?;
    plan::remember(&args.machine, &session, took);
    finish(args, &counts, (wall, stop.is_cancelled()))
}

impl Args {
    fn default_seeds(&self) -> Seeds {
        match self.grid {
            Some(_) => Seeds::Same,
            None => Seeds::Derived,
        }
    }

    fn selection<'a>(&self, (items, out, past): (&'a Items, &'a Path, &'a Past)) -> Selection<'a> {
        Selection {
            items,
            shard: self.shard,
            limit: self.limit,
            skip: match (self.resume, self.skip_existing) {
                (true, _) => Skip::Done,
                (_, true) => Skip::Unchanged,
                _ => Skip::Nothing,
            },
            out,
            past,
        }
    }

    fn ledger_path(&self) -> PathBuf {
        let name = match self.shard {
            Some(Shard { part, parts }) => format!("ledger.{part}-of-{parts}.jsonl"),
            None => ledger::NAME.to_owned(),
        };
        self.out.join(name)
    }

    /// The ledger to write, and what it held before.
    fn ledger(&self, session: &Session) -> miette::Result<(Ledger, Past)> {
        let path = self.ledger_path();
        let (ledger, past) = Ledger::open(&path).map_err(|why| miette!("{why}"))?;
        if past.is_empty() {
            return Ok((ledger, past));
        }
        if !self.resume && !self.skip_existing && !self.overwrite {
            return Err(miette!(
                help = "go on with it by `--resume`, redo what has changed by `--skip-existing`, redo all by \
                        `--overwrite`, or name another folder with `--out`",
                "a batch has been run here, {} items of it: {}",
                past.len(),
                path.display()
            ));
        }
        let is_other = |before: &Session| {
            before.graph_hash != session.graph_hash
                || before.set != session.set
                || before.derived_seeds != session.derived_seeds
        };
        let others = past.sessions().filter(|(before, _)| is_other(before));
        let others: usize = others.map(|(_, items)| items).sum();
        if self.resume && others > 0 {
            return Err(miette!(
                help = "name another folder with `--out`, or redo what has changed by `--skip-existing`",
                "{others} of the {} items here were made of another graph, other values or other seeds: {}",
                past.len(),
                path.display()
            ));
        }
        Ok((ledger, past))
    }
}

/// What the first item tells of all.
struct First {
    sharing: Option<Sharing>,
    batch: usize,
    graph_hash: String,
}

impl First {
    /// Items beside each other: enough to keep the workers busy, and to fill the calls that can be made together.
    fn window(&self, machine: &Machine) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let workers = machine.jobs.map_or_else(processors, usize::from);
        match self.batch {
            0 | 1 => workers + 1,
            many => (2 * many).max(workers + 1),
        }
    }
}

/// Plans the first item. What is wrong with it and with the last one as well is wrong with the graph.
fn look(weft: &mut Weft, graph: &ItemGraph, items: &Items) -> miette::Result<First> {
    let (_, mut planner) = weft.items(graph.clone());
    let plan = match planner.planned(&items.get(0)) {
        Ok(plan) => Some(plan),
        Err(trouble) if items.len() == 1 => return Err(trouble.into()),
        Err(trouble) => match planner.planned(&items.get(items.len() - 1)) {
            Ok(_) => None,
            Err(_) => return Err(trouble.into()),
        },
    };
    let mut hasher = Hasher::new("graph");
    for text in planner.texts() {
        hasher.field(text.as_bytes());
    }
    Ok(First {
        batch: plan.as_ref().map_or(1, weft::engine::Plan::batch),
        sharing: Sharing::of(items, &mut planner as &mut dyn Planner).ok(),
        graph_hash: hasher.finish().to_string(),
    })
}

fn session(
    weft: &Weft,
    (args, graph, set): (&Args, &ItemGraph, &[(String, String)]),
    (items, first): (&Items, &First),
) -> Session {
    let used = |plugin: &weft::host::Plugin| PluginUsed {
        id: plugin.id().to_owned(),
        version: plugin.version().to_owned(),
        build: plugin.build().to_string(),
    };
    let plugins = weft
        .plugins()
        .map(|plugins| plugins.iter().map(|plugin| used(plugin)).collect());
    let Source { folder, text, .. } = &*graph.source;
    Session {
        weft_ledger: ledger::VERSION,
        weft: env!("CARGO_PKG_VERSION").to_owned(),
        at: ledger::now(),
        device: weft.device().name.clone(),
        graph: args.graph.display().to_string(),
        text: text.clone(),
        graph_hash: first.graph_hash.clone(),
        folder: source::absolute(folder).display().to_string(),
        varied: graph.varied.clone(),
        set: set.iter().cloned().collect::<BTreeMap<_, _>>(),
        values_folder: graph.given.folder.display().to_string(),
        derived_seeds: graph.derives_seeds,
        items: items.len(),
        shard: args.shard.map(|shard| shard.to_string()),
        plugins: plugins.unwrap_or_default(),
    }
}

/// Runs the batch, and takes in plugins that change meanwhile.
fn go(
    weft: &mut Weft,
    (graph, batch): (ItemGraph, Batch<'_>),
    written: (Ledger, Session),
) -> miette::Result<(Counts, Timings)> {
    let (engine, planner) = weft.items(graph);
    let mut planner = planner.hearing(|change| match change {
        Change::Loaded(plugin) => {
            let (id, version, build) = (plugin.id(), plugin.version(), plugin.build().short());
            anstream::eprintln!("loaded {id} {version}, build {build}");
        }
        Change::Broken(problem) => problems::warn(&problem),
    });
    let ran = run::on_engine_thread(|| batch.run(engine, &mut planner, written))?;
    ran.map_err(|why| {
        miette!(
            help = "make room or mend the folder, then go on with `--resume`",
            "{why}"
        )
    })
}

/// Says how it ended, and writes the contact sheet.
fn finish(args: &Args, counts: &Counts, (wall, is_stopped): (Duration, bool)) -> Ending {
    if let Some(axes) = &args.grid {
        write_sheets(args, axes)?;
    }
    if !args.json {
        anstream::println!("{}", in_sum(counts, wall, is_stopped));
    }
    Ok(if counts.are_good() {
        GOOD
    } else {
        ExitCode::FAILURE
    })
}

/// Writes the contact sheets of all items in the ledger.
fn write_sheets(args: &Args, axes: &Axes) -> miette::Result<()> {
    let lines = ledger::read(&args.ledger_path()).map_err(|why| miette!("{why}"))?;
    let entries = ledger::latest(&lines).into_iter().map(|(_, entry)| entry);
    let entries: Vec<&Entry> = entries
        .filter(|entry| entry.ended != Ended::Failed)
        .collect();
    for (name, image) in weft::batch::grid(axes, &args.out, &entries) {
        let options = EncodeOptions {
            format: Format::Png,
            ..EncodeOptions::default()
        };
        let bytes = encode(&image, &options).map_err(|why| miette!("no contact sheet: {why}"))?;
        let path = args.out.join(grid_name(&name));
        write_atomically(&path, &bytes, Existing::Replace).map_err(|why| miette!("{why}"))?;
        if !args.json {
            let size = summary::bytes(bytes.len() as u64);
            anstream::println!("wrote {} ({size})", path.display());
        }
    }
    Ok(())
}

/// The name of a contact sheet.
fn grid_name(others: &str) -> String {
    let safe: String = others
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "=._-".contains(c) {
                c
            } else {
                '-'
            }
        })
        .take(80)
        .collect();
    if safe.is_empty() {
        "grid.png".to_owned()
    } else {
        format!("grid-{safe}.png")
    }
}

fn in_sum(counts: &Counts, wall: Duration, is_stopped: bool) -> String {
    let mut parts = vec![format!("{} done", counts.done)];
    let left = counts.wanted - counts.ended();
    for (count, word) in [
        (counts.skipped, "unchanged"),
        (counts.before, "done before"),
        (counts.failed, "failed"),
        (left, "not begun"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let rate = match (counts.done, wall.as_secs_f64()) {
        (0, _) => String::new(),
        (done, seconds) => format!(", {:.1} a second", done as f64 / seconds.max(1e-9)),
    };
    let stopped = if is_stopped && left > 0 {
        "; go on with `--resume`"
    } else {
        ""
    };
    format!(
        "{} items: {} in {}{rate}{stopped}",
        counts.wanted + counts.before,
        parts.join(", "),
        summary::time(wall)
    )
}

/// The folder of a ledger.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// An item as the ledger tells of it.
pub(crate) fn item_of(entry: &Entry) -> Option<Item> {
    Some(Item {
        key: weft::value::Digest::from_hex(&entry.item)?,
        label: entry.label.clone(),
        values: entry.inputs.clone().into_iter().collect(),
    })
}
