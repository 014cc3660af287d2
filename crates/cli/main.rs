//! The program `weft`: parses the command, calls its verb, says how it ended.

mod batch;
mod bench;
mod check;
mod cli;
mod completions;
mod data;
mod diff;
mod doctor;
mod eval;
mod events;
mod example;
mod fmt;
mod graph;
mod ledger;
mod machine;
mod man;
mod model;
mod node;
mod nodes;
mod plugin;
mod plugin_args;
mod problems;
mod progress;
mod remake;
mod report;
mod run;
mod source;
mod summary;
mod train;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Verb};

// Pictures are large and short-lived; giving their memory back to the system at once is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// All outputs are there.
const GOOD: ExitCode = ExitCode::SUCCESS;

/// How a verb ends: well, with some outputs missing, or with a wrong graph or command.
pub(crate) type Ending = Result<ExitCode, miette::Report>;

fn main() -> ExitCode {
    if let Some(served) = plugin_args::served() {
        return served;
    }
    problems::prepare();
    progress::show_transfers();
    let ending = match Cli::parse().verb {
        Verb::Run(args) => run::run(&args),
        Verb::Batch(args) => batch::batch(&args),
        Verb::Ledger(args) => ledger::ledger(&args),
        Verb::Remake(args) => remake::remake(&args),
        Verb::Report(args) => report::report(&args),
        Verb::Watch(args) => watch::watch(&args),
        Verb::Train(args) => train::train(&args),
        Verb::Eval(args) => eval::eval(&args),
        Verb::Bench(args) => bench::bench(&args),
        Verb::Data(args) => data::data(&args),
        Verb::Check(args) => check::check(&args),
        Verb::Fmt(args) => fmt::fmt(&args),
        Verb::Diff(args) => diff::diff(&args),
        Verb::Graph(args) => graph::graph(&args),
        Verb::Nodes(args) => nodes::nodes(&args),
        Verb::Model(args) => model::model(&args),
        Verb::Node(args) => node::node(&args),
        Verb::Plugin(args) => plugin::plugin(&args),
        Verb::Doctor(args) => doctor::doctor(&args),
        Verb::Completions(args) => completions::completions(&args),
        Verb::Man(args) => man::man(&args),
    };
    ending.unwrap_or_else(|report| problems::tell(&report))
}
