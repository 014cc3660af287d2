//! The options that say where plugins are, and how they run.

use std::{path::PathBuf, process::ExitCode};

use miette::miette;
use weft::{
    engine::Packs,
    host::{Change, Config, Isolation, Limits, Lock, Plugins, Settings, isolate},
};

use crate::problems;

/// What tells this program that it is started for an isolated plugin.
const SERVE: &str = "plugin-process";

/// Where plugins are, and how they run.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Plugins")]
pub(crate) struct PluginArgs {
    /// Load the plugins in this folder, or this plugin; may be given again. `weft.toml` can name folders too.
    #[arg(long, value_name = "DIR")]
    pub(crate) plugins: Vec<PathBuf>,
    /// Run every plugin in a process of its own, whose crash or endless loop is that node's failure.
    #[arg(long)]
    pub(crate) isolate: bool,
}

impl PluginArgs {
    /// What these options and `weft.toml` say; nothing if they name no plugins.
    pub(crate) fn settings(&self) -> miette::Result<Option<Settings>> {
        self.settings_with(&[])
    }

    /// The same with these plugins as well, which are being written: their builds are in no lock.
    pub(crate) fn settings_with(&self, more: &[PathBuf]) -> miette::Result<Option<Settings>> {
        let here =
            std::env::current_dir().map_err(|error| miette!("no working folder: {error}"))?;
        let config = Config::read(&here)?;
        let paths: Vec<_> = config
            .plugins
            .iter()
            .chain(&self.plugins)
            .chain(more)
            .cloned()
            .collect();
        if paths.is_empty() {
            return Ok(None);
        }
        Ok(Some(Settings {
            paths,
            limits: limits(&config)?,
            isolation: if self.isolate {
                Isolation::All(true)
            } else {
                config.isolate
            },
            lock: if more.is_empty() {
                Lock::read(&here)?
            } else {
                None
            },
        }))
    }

    /// `base`, and the nodes of the plugins; what cannot be used is told.
    pub(crate) fn added_to(&self, base: &Packs) -> miette::Result<Packs> {
        let Some(settings) = self.settings()? else {
            return Ok(base.clone());
        };
        let mut plugins = Plugins::new(settings);
        for change in plugins.reload() {
            if let Change::Broken(problem) = change {
                problems::warn(&problem);
            }
        }
        let (packs, clashes) = plugins.packs(base);
        clashes.iter().for_each(|problem| problems::warn(problem));
        Ok(packs)
    }
}

/// What the process of a plugin may take: that of this program.
pub(crate) fn limits(config: &Config) -> miette::Result<Limits> {
    let program = std::env::current_exe();
    Ok(Limits {
        time: config.limit(),
        memory: config.memory(),
        program: program.map_err(|error| miette!("cannot find this program: {error}"))?,
        arguments: vec![SERVE.to_owned()],
    })
}

/// Serves a host as the process of a plugin, if this program is started for that.
pub(crate) fn served() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let is_served =
        arguments.next().is_some_and(|verb| verb == SERVE) && arguments.next().is_none();
    is_served.then(isolate::serve)
}
