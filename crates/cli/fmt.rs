//! `weft fmt`: graph files in their one canonical form.

use std::{io::Read, path::PathBuf, process::ExitCode, sync::Arc};

use miette::miette;
use weft::{
    Weft,
    spec::Source,
    store::{Existing, write_atomically},
};

use crate::{Ending, GOOD};

/// Write graphs in their canonical form; comments stay.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Graph files; `-` formats standard input to standard output.
    #[arg(required = true, value_name = "GRAPH")]
    graphs: Vec<PathBuf>,
    /// Change nothing; name the files that are not in canonical form and exit with 1 if there are any.
    #[arg(long)]
    check: bool,
}

/// Formats graphs. A file that cannot be read as a graph is left alone, and so are all after it.
pub(crate) fn fmt(args: &Args) -> Ending {
    let mut is_good = true;
    for path in &args.graphs {
        if path.as_os_str() == "-" {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            read.map_err(|error| miette!("cannot read standard input: {error}"))?;
            let source = Source {
                name: "<stdin>".to_owned(),
                folder: PathBuf::new(),
                text,
            };
            anstream::print!("{}", weft::graph::fmt(&Arc::new(source))?);
            continue;
        }
        let source = Arc::new(Weft::source(path)?);
        let formatted = weft::graph::fmt(&source)?;
        if formatted == source.text {
            continue;
        }
        anstream::println!("{}", path.display());
        is_good = false;
        if !args.check {
            let written = write_atomically(path, formatted.as_bytes(), Existing::Replace);
            written.map_err(|error| miette!("{error}"))?;
        }
    }
    Ok(if is_good || !args.check {
        GOOD
    } else {
        ExitCode::FAILURE
    })
}
