//! `weft check`: every mistake of a graph, without running it.

use std::{path::PathBuf, process::ExitCode};

use miette::Report;
use weft::graph::{DiskFiles, Given, check_without_values, read};

use crate::{Ending, GOOD, machine::Machine, problems, source};

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
    /// Print a form feed after each graph, for programs that take the reports apart.
    #[arg(long, hide = true)]
    each: bool,
    #[command(flatten)]
    machine: Machine,
}

/// Checks graphs.
pub(crate) fn check(args: &Args) -> Ending {
    let weft = args.machine.start()?;
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

fn check_one(
    weft: &weft::Weft,
    source: weft::spec::Source,
    given: &Given,
) -> Result<Vec<Report>, Report> {
    let source = std::sync::Arc::new(source);
    let document = read(source)?;
    let registry = weft.packs().registry();
    let warnings = check_without_values(&document, registry, &DiskFiles)?;
    // What only the nodes know, such as a missing file, can be told once every input has a value.
    if let Ok(graph) = weft::graph::check(&document, registry, given, &DiskFiles) {
        weft.plan(&graph)?;
    }
    Ok(warnings.into_iter().map(Report::from).collect())
}

fn tell(report: &Report) {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = problems::handler().render_report(&mut text, report.as_ref());
    anstream::println!("{text}");
}
