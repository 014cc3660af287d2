//! `weft man`: the manual pages.

use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use miette::{IntoDiagnostic, miette};
use weft::store::{Existing, write_atomically};

use crate::{Ending, GOOD, cli::Cli};

/// Print the manual page, or write one for each verb.
///
/// For example: weft man --out ~/.local/share/man/man1
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write `weft.1`, `weft-run.1` and the others below this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Writes manual pages.
pub(crate) fn man(args: &Args) -> Ending {
    let mut whole = Cli::command();
    whole.build();
    let Some(folder) = &args.out else {
        Man::new(whole)
            .render(&mut std::io::stdout())
            .into_diagnostic()?;
        return Ok(GOOD);
    };
    write(folder, "weft", &whole)?;
    for verb in whole
        .get_subcommands()
        .filter(|verb| verb.get_name() != "help")
    {
        write(folder, &format!("weft-{}", verb.get_name()), verb)?;
    }
    Ok(GOOD)
}

fn write(folder: &std::path::Path, name: &str, command: &Command) -> miette::Result<()> {
    let mut page = Vec::new();
    Man::new(command.clone())
        .render(&mut page)
        .into_diagnostic()?;
    let path = folder.join(format!("{name}.1"));
    write_atomically(&path, &page, Existing::Replace).map_err(|error| miette!("{error}"))?;
    anstream::println!("wrote {}", path.display());
    Ok(())
}
