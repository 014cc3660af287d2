//! The options that say what to compute with and where to keep results.

use std::{path::PathBuf, sync::Arc};

use crate::{plugin_args::PluginArgs, problems};
use etcetera::BaseStrategy;
use weft::{
    PACKS, Trouble, Weft,
    engine::Packs,
    spec::{ClashingId, Registry},
    store::{Limits, Store},
    tensor::{DeviceChoice, keep_choices_in},
    value::{Digest, Hasher},
};

/// Bytes in a mebibyte.
const MEBIBYTE: u64 = 1 << 20;

/// What to compute with, and where to keep results.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Machine")]
pub(crate) struct Machine {
    /// Where to compute: auto, cpu, gpu or gpu:1; `auto` takes a real GPU if there is one.
    #[arg(long, default_value_t, value_name = "DEVICE")]
    pub(crate) device: DeviceChoice,
    /// Keep results in this folder instead of the user's cache.
    #[arg(long, value_name = "DIR", env = "WEFT_CACHE")]
    pub(crate) cache: Option<PathBuf>,
    /// Keep results in memory only, for this run.
    #[arg(long, conflicts_with = "cache")]
    pub(crate) no_cache: bool,
    /// Most that results may take on disk, in MiB; the least useful go first.
    #[arg(long, default_value_t = 4096, value_name = "MIB")]
    pub(crate) cache_size: u64,
    /// Most that kept results may take in memory, in MiB.
    #[arg(long, default_value_t = 2048, value_name = "MIB")]
    pub(crate) memory: u64,
    /// Most that may be taken of a graphics adapter's memory, in MiB [default: nine tenths of it]; beyond it networks
    /// wait in the memory of the host.
    #[arg(long, value_name = "MIB")]
    pub(crate) device_memory: Option<u64>,
    /// Nodes that may run at once [default: one per processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    #[command(flatten)]
    pub(crate) plugins: PluginArgs,
}

impl Machine {
    /// Opens device and store, and loads the plugins.
    pub(crate) fn start(&self) -> miette::Result<Weft> {
        self.start_with(&[])
    }

    /// The same with these plugins as well, which are being written: no lock is asked about them.
    pub(crate) fn start_with(&self, plugins: &[PathBuf]) -> miette::Result<Weft> {
        if let Some(folder) = self.folder() {
            keep_choices_in(&folder.join("kernels"));
        }
        let mut builder = Weft::builder()
            .device(self.device)
            .store(Arc::new(self.store()?));
        if let Some(most) = self.device_memory {
            builder = builder.device_bytes(most.saturating_mul(MEBIBYTE));
        }
        if let Some(jobs) = self.jobs {
            builder = builder.workers(jobs.into());
        }
        if let Some(settings) = self.plugins.settings_with(plugins)? {
            builder = builder.plugins(settings);
        }
        let weft = builder.build_digest(build_digest()).start()?;
        for problem in weft.plugin_problems() {
            problems::warn(problem);
        }
        Ok(weft)
    }

    /// The folder that results are kept in, if any.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        if self.no_cache {
            return None;
        }
        let users = || {
            Some(
                etcetera::choose_base_strategy()
                    .ok()?
                    .cache_dir()
                    .join("weft"),
            )
        };
        self.cache.clone().or_else(users)
    }

    fn store(&self) -> miette::Result<Store> {
        let memory_bytes = self.memory.saturating_mul(MEBIBYTE);
        let Some(folder) = self.folder() else {
            return Ok(Store::in_memory(memory_bytes));
        };
        let limits = Limits {
            memory_bytes,
            disk_bytes: self.cache_size.saturating_mul(MEBIBYTE),
        };
        let types = PACKS
            .iter()
            .flat_map(weft::node::Pack::types)
            .copied()
            .collect();
        match Store::open(&folder, limits, types) {
            Ok(store) => Ok(store),
            // The user's cache is a convenience: a read-only home must not keep a graph from running.
            Err(error) if self.cache.is_none() => {
                anstream::eprintln!("warning: results are kept for this run only: {error}");
                Ok(Store::in_memory(memory_bytes))
            }
            Err(error) => Err(Trouble::from(error).into()),
        }
    }
}

/// What a graph may name, for verbs that run nothing and so need no device.
pub(crate) fn registry(plugins: &PluginArgs) -> miette::Result<Registry> {
    let packs = Packs::new(PACKS, build_digest());
    let packs = packs.map_err(|ClashingId { id }| Trouble::Clash(id))?;
    Ok(plugins.added_to(&packs)?.registry().clone())
}

/// What stands for this build of the program: another build makes all results anew.
fn build_digest() -> Digest {
    let stamp = std::env::current_exe().and_then(|exe| exe.metadata());
    let mut hasher = Hasher::new("build");
    hasher.field(env!("CARGO_PKG_VERSION").as_bytes());
    if let Ok(stamp) = stamp {
        let modified = stamp
            .modified()
            .ok()
            .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        hasher
            .number(stamp.len())
            .number(modified.map_or(0, |age| age.as_nanos() as u64));
    }
    hasher.finish()
}
