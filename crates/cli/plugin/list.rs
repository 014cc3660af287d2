//! `weft plugin list`: the plugins there are.

use std::process::ExitCode;

use serde_json::json;
use weft::host::{Change, Plugin, Plugins};

use crate::{Ending, GOOD, events, plugin_args::PluginArgs, problems};

/// List the plugins that are loaded, and why others are not.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print lines of JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    plugins: PluginArgs,
}

/// Lists plugins.
pub(super) fn list(args: &Args) -> Ending {
    let Some(settings) = args.plugins.settings()? else {
        anstream::println!(
            "no plugins: name a folder with `--plugins DIR`, or in weft.toml: plugins = [\"plugins\"]"
        );
        return Ok(GOOD);
    };
    let mut plugins = Plugins::new(settings);
    let changes = plugins.reload();
    for plugin in plugins.iter() {
        if args.json {
            events::line(&described(plugin));
        } else {
            tell(plugin);
        }
    }
    let mut is_good = true;
    for change in changes {
        if let Change::Broken(problem) = change {
            is_good = false;
            problems::warn(&problem);
        }
    }
    Ok(if is_good { GOOD } else { ExitCode::FAILURE })
}

fn tell(plugin: &Plugin) {
    let place = if plugin.is_isolated() {
        ", in a process of its own"
    } else {
        ""
    };
    let (id, version, build) = (plugin.id(), plugin.version(), plugin.build().short());
    anstream::println!(
        "{id} {version}, build {build}{place}, {}",
        plugin.path().display()
    );
    for node in &plugin.spec().nodes {
        anstream::println!("  {:20} {}", node.kind(), node.summary());
    }
}

fn described(plugin: &Plugin) -> serde_json::Value {
    let nodes = plugin.spec().nodes.iter().map(|node| node.id.as_str());
    json!({
        "id": plugin.id(),
        "version": plugin.version(),
        "build": plugin.build().to_string(),
        "path": plugin.path(),
        "isolated": plugin.is_isolated(),
        "nodes": nodes.collect::<Vec<_>>(),
    })
}
