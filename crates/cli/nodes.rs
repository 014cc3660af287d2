//! `weft nodes`: every kind of node, or those that match a word.

use miette::IntoDiagnostic;
use weft::spec::NodeSpec;

use crate::{Ending, GOOD, machine::registry, plugin_args::PluginArgs};

/// List every kind of node, or search them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Words that the name or the help has.
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Print the full descriptions as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    plugins: PluginArgs,
}

/// Lists kinds.
pub(crate) fn nodes(args: &Args) -> Ending {
    let registry = registry(&args.plugins)?;
    let found: Vec<_> = registry
        .nodes()
        .filter(|node| matches(node, &args.words))
        .collect();
    if args.json {
        anstream::println!(
            "{}",
            serde_json::to_string_pretty(&found).into_diagnostic()?
        );
        return Ok(GOOD);
    }
    if found.is_empty() {
        return Err(miette::miette!(
            help = "`weft nodes` lists all of them",
            "no node has {}",
            args.words.join(" and ")
        ));
    }
    let width = found
        .iter()
        .map(|node| node.kind().len())
        .max()
        .unwrap_or(0);
    let mut pack = "";
    for node in found {
        if node.pack() != pack {
            let gap = if pack.is_empty() { "" } else { "\n" };
            pack = node.pack();
            anstream::println!("{gap}{pack} {}", registry.pack_version(pack).unwrap_or(""));
        }
        anstream::println!("  {:width$}  {}", node.kind(), node.summary());
    }
    anstream::println!("\n`weft node KIND` tells more about one of them.");
    Ok(GOOD)
}

fn matches(node: &NodeSpec, words: &[String]) -> bool {
    let ports = node.inputs.iter().map(|port| port.help.as_str());
    let text = [node.id.as_str(), node.help.as_str()]
        .into_iter()
        .chain(ports)
        .collect::<Vec<_>>()
        .join("\n");
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(&word.to_lowercase()))
}
