//! `weft plugin dev`: builds a plugin whenever its source changes, and runs a graph with it.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    thread,
    time::Instant,
};

use miette::miette;
use weft::host::Watch;

use crate::{Ending, problems, summary, watch};

/// Build a plugin whenever its source changes, and run a graph with it again each time.
///
/// A folder with a Cargo.toml is built by `cargo build --release`, one with a Makefile by `make`; a .wgsl file needs no
/// build. A build that fails leaves the one before in use.
#[derive(Debug, clap::Args)]
#[group(skip)] // that of `watch` is called alike
pub(crate) struct Args {
    /// Folder of the plugin, or a .wgsl file.
    path: PathBuf,
    #[command(flatten)]
    watch: watch::Args,
}

/// What builds a plugin.
struct Builder {
    folder: PathBuf,
    program: &'static str,
    arguments: &'static [&'static str],
    /// The folders that its source is in.
    sources: Vec<PathBuf>,
}

impl Builder {
    /// What builds the plugin at `path`; nothing for a shader.
    fn of(path: &Path) -> Option<Self> {
        let (program, arguments): (_, &[_]) = if path.join("Cargo.toml").is_file() {
            ("cargo", &["build", "--release"])
        } else if path.join("Makefile").is_file() {
            ("make", &[])
        } else {
            return None;
        };
        let sources = [path.to_owned(), path.join("src")];
        Some(Self {
            folder: path.to_owned(),
            program,
            arguments,
            sources: sources
                .into_iter()
                .filter(|folder| folder.is_dir())
                .collect(),
        })
    }

    /// Builds once and says how it went; what the compiler says goes straight to the terminal.
    fn build(&self) -> miette::Result<bool> {
        let start = Instant::now();
        let mut command = Command::new(self.program);
        let ended = command
            .args(self.arguments)
            .current_dir(&self.folder)
            .status();
        let ended = ended.map_err(|error| miette!("cannot start {}: {error}", self.program))?;
        let time = summary::time(start.elapsed());
        if ended.success() {
            anstream::println!("built in {time}");
        } else {
            anstream::println!(
                "not built ({}); the build before is still in use",
                said(ended)
            );
        }
        Ok(ended.success())
    }

    /// Builds again whenever the source changes, as long as the program runs.
    fn keep_building(self) -> miette::Result<()> {
        let mut watch = Watch::new().map_err(|why| miette!("{why}"))?;
        let folders = self
            .sources
            .iter()
            .map(|folder| crate::source::absolute(folder));
        watch.add(folders).map_err(|why| miette!("{why}"))?;
        let build = move || {
            while watch.wait(is_source, || false).is_some() {
                if let Err(report) = self.build() {
                    problems::tell(&report);
                }
            }
        };
        let started = thread::Builder::new().name("build".to_owned()).spawn(build);
        started
            .map(drop)
            .map_err(|error| miette!("cannot start a thread: {error}"))
    }
}

fn said(ended: ExitStatus) -> String {
    ended
        .code()
        .map_or("killed".to_owned(), |code| format!("exit code {code}"))
}

fn is_source(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let is_code = matches!(extension, Some("rs" | "c" | "h" | "wgsl" | "toml"));
    is_code || path.file_name().is_some_and(|name| name == "Makefile")
}

/// Develops a plugin.
pub(super) fn dev(args: &Args) -> Ending {
    if let Some(builder) = Builder::of(&args.path) {
        builder.build()?;
        builder.keep_building()?;
    }
    watch::watch_with(&args.watch, std::slice::from_ref(&args.path))
}
