//! What can be typed.

use clap::{Parser, Subcommand};

use crate::{
    batch, bench, check, completions, data, diff, doctor, eval, fmt, graph, ledger, man, model,
    node, nodes, plugin, remake, report, run, train, watch,
};

/// Runs graphs of picture nodes: loaders, edge detectors, samplers, upscalers.
///
/// A graph is a text file. Results are kept by what they are made of, so a second run does only what
/// changed. Start with `weft run graphs/edges.ron`, then `weft nodes`.
#[derive(Debug, Parser)]
#[command(
    name = "weft",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 all outputs, 1 some failed, 2 the graph or the command is wrong."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Run(run::Args),
    Batch(batch::Args),
    Ledger(ledger::Args),
    Remake(remake::Args),
    Report(report::Args),
    Watch(watch::Args),
    Train(train::Args),
    Eval(eval::Args),
    Bench(bench::Args),
    Data(data::Args),
    Check(check::Args),
    Fmt(fmt::Args),
    Diff(diff::Args),
    Graph(graph::Args),
    Nodes(nodes::Args),
    Node(node::Args),
    Model(model::Args),
    Plugin(plugin::Args),
    Doctor(doctor::Args),
    Completions(completions::Args),
    Man(man::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_verb_can_be_parsed() {
        super::Cli::command().debug_assert();
    }
}
