//! `weft check`: every mistake of a graph, without running it.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use miette::Report;
use weft::{
    Weft,
    graph::{DiskFiles, Given, Problem, check_without_values, read},
    spec::Source,
    tensor::DeviceChoice,
};

use crate::{Ending, GOOD, plugin_args::PluginArgs, problems, source};

/// The code of an input that has no value.
const MISSING_INPUT: &str = "graph::missing_input";

/// Check graphs without running them: every mistake in one report.
///
/// A Markdown page is checked block by block: each that begins with ```ron is a graph.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Graph files.
    #[arg(required = true, value_name = "GRAPH")]
    graphs: Vec<PathBuf>,
    /// Set an input of the graph, as `run` would.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = crate::run::assignment)]
    set: Vec<(String, String)>,
    #[command(flatten)]
    plugins: PluginArgs,
    /// Print a form feed after each graph, for programs that take the reports apart.
    #[arg(long, hide = true)]
    each: bool,
}

/// Checks graphs.
pub(crate) fn check(args: &Args) -> Ending {
    let mut builder = Weft::builder().device(DeviceChoice::Cpu);
    if let Some(settings) = args.plugins.settings()? {
        builder = builder.plugins(settings);
    }
    let weft = builder.start()?;
    for problem in weft.plugin_problems() {
        problems::warn(problem);
    }
    let given = crate::run::given(&args.set);
    let mut is_good = true;
    for path in &args.graphs {
        for source in source::all(path)? {
            let name = source.name.clone();
            match check_one(&weft, source, &given) {
                Ok(warnings) if warnings.is_empty() => anstream::println!("{name}: good"),
                Ok(warnings) => {
                    anstream::println!("{name}: good, with warnings");
                    warnings.iter().for_each(tell);
                }
                Err(report) => {
                    is_good = false;
                    tell(&report);
                }
            }
            if args.each {
                anstream::println!("\u{c}");
            }
        }
    }
    Ok(if is_good { GOOD } else { ExitCode::from(2) })
}

/// All mistakes of the graph, or else its warnings. An input that waits for its value is no mistake here.
fn check_one(weft: &Weft, source: Source, given: &Given) -> Result<Vec<Report>, Report> {
    let source = Arc::new(source);
    let registry = weft.packs().registry();
    match weft::graph::load(source.clone(), registry, given, &DiskFiles) {
        Ok(graph) => {
            // What only the nodes know, such as a missing file, can be told once every input has a value.
            weft.plan(&graph)?;
        }
        Err(problems) => {
            let is_waiting = |problem: &Problem| problem.code() == MISSING_INPUT;
            if !problems.iter().all(is_waiting) {
                return Err(problems.into());
            }
        }
    }
    let warnings = check_without_values(&read(source)?, registry, &DiskFiles)?;
    Ok(warnings.into_iter().map(Report::from).collect())
}

fn tell(report: &Report) {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = problems::handler().render_report(&mut text, report.as_ref());
    anstream::println!("{text}");
}
