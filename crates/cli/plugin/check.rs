//! `weft plugin check`: whether a plugin can be loaded, and why not.

use std::{path::PathBuf, process::ExitCode};

use weft::host::{Change, Isolation, Plugins, Settings};

use crate::{Ending, GOOD, plugin_args, problems};

/// Load plugins without running a node: is each for this machine and this Weft, and does it describe itself?
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Plugins, or folders of them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Checks plugins, each in a process of its own.
pub(super) fn check(args: &Args) -> Ending {
    let mut plugins = Plugins::new(Settings {
        paths: args.paths.clone(),
        isolation: Isolation::All(true),
        limits: plugin_args::limits(&weft::host::Config::default())?,
        lock: None,
    });
    let mut is_good = true;
    for change in plugins.reload() {
        match change {
            Change::Loaded(plugin) => {
                let nodes = plugin.spec().nodes.len();
                let noun = if nodes == 1 { "node" } else { "nodes" };
                let (id, version) = (plugin.id(), plugin.version());
                anstream::println!(
                    "{}: good: {id} {version}, {nodes} {noun}",
                    plugin.path().display()
                );
            }
            Change::Broken(problem) => {
                is_good = false;
                problems::warn(&problem);
            }
        }
    }
    if is_good && plugins.iter().next().is_none() {
        return Err(miette::miette!(
            "there is no plugin in {}",
            args.paths[0].display()
        ));
    }
    Ok(if is_good { GOOD } else { ExitCode::from(2) })
}
