//! `weft plugin lock`: writes down the builds that the user trusts.

use std::process::ExitCode;

use miette::miette;
use weft::host::{Change, Lock, Plugin, Plugins};

use crate::{Ending, GOOD, plugin_args::PluginArgs, problems};

/// Write weft.lock in this folder: from then on other builds of these plugins are refused.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    plugins: PluginArgs,
}

/// Locks plugins.
pub(super) fn lock(args: &Args) -> Ending {
    let here = std::env::current_dir().map_err(|error| miette!("no working folder: {error}"))?;
    let Some(mut settings) = args.plugins.settings()? else {
        return Err(miette!(
            help = "name a folder with `--plugins DIR`, or in weft.toml: plugins = [\"plugins\"]",
            "there are no plugins to lock"
        ));
    };
    let before = settings.lock.take().unwrap_or_default();
    let mut plugins = Plugins::new(settings);
    let broken: Vec<_> = plugins
        .reload()
        .into_iter()
        .filter_map(|change| match change {
            Change::Broken(problem) => Some(problem),
            Change::Loaded(_) => None,
        })
        .collect();
    Lock::write(&here, plugins.iter().map(|plugin| &**plugin))
        .map_err(|error| miette!("{error}"))?;
    for plugin in plugins.iter() {
        anstream::println!(
            "{} {}: {}",
            plugin.id(),
            plugin.version(),
            told(&before, plugin)
        );
    }
    anstream::println!("wrote {}", here.join("weft.lock").display());
    broken.iter().for_each(|problem| problems::warn(problem));
    Ok(if broken.is_empty() {
        GOOD
    } else {
        ExitCode::FAILURE
    })
}

/// What has become of a plugin since the lock was written last.
fn told(before: &Lock, plugin: &Plugin) -> String {
    let is = plugin.build().short();
    match before.build(plugin.id()) {
        None => format!("build {is}, new"),
        Some(was) if was == plugin.build() => format!("build {is}, as before"),
        Some(was) => format!("build {is}, was {}", was.short()),
    }
}
