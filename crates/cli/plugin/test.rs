//! `weft plugin test`: what every node should keep to.

use std::{path::PathBuf, process::ExitCode};

use miette::miette;
use weft::host::{Config, conformance};

use crate::{Ending, GOOD, plugin_args, summary};

/// Try every node of a plugin: equal results, threads, odd sizes, wild numbers, cancelling, leaks, crashes.
///
/// Shared libraries are tried in a process of their own. Ends with 1 if a node has a fault.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Plugin, or a folder of them.
    path: PathBuf,
    /// Try only the node of this kind.
    #[arg(long, value_name = "KIND")]
    node: Option<String>,
}

/// Tries plugins.
pub(super) fn test(args: &Args) -> Ending {
    let start = std::time::Instant::now();
    let limits = plugin_args::limits(&Config::default())?;
    let (mut tried, mut faults, mut node) = (0, 0, String::new());
    let only = args.node.as_deref();
    conformance::test(&args.path, (only, &limits), &mut |verdict| {
        if verdict.node != node {
            node.clone_from(&verdict.node);
            anstream::println!("{node}");
        }
        tried += 1;
        match &verdict.fault {
            None => anstream::println!("  good   {}", verdict.rule),
            Some(fault) => {
                faults += 1;
                anstream::println!("  FAULT  {}: {fault}", verdict.rule);
            }
        }
    })?;
    if tried == 0 {
        let what = args.node.as_ref().map(|node| format!("node `{node}`"));
        let what = what.unwrap_or_else(|| "plugin".to_owned());
        return Err(miette!("there is no {what} in {}", args.path.display()));
    }
    let time = summary::time(start.elapsed());
    anstream::println!("{tried} trials, {faults} faults in {time}");
    Ok(if faults == 0 { GOOD } else { ExitCode::FAILURE })
}
