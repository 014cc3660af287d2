//! `weft completions`: what a shell needs to complete commands.

use std::io;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::{Ending, GOOD, cli::Cli};

/// Print the completions for a shell.
///
/// For example: weft completions bash > ~/.local/share/bash-completion/completions/weft
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints completions.
pub(crate) fn completions(args: &Args) -> Ending {
    generate(args.shell, &mut Cli::command(), "weft", &mut io::stdout());
    Ok(GOOD)
}
