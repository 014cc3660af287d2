//! `weft diff`: what differs between two graphs in meaning.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use weft::{Weft, graph::read};

use crate::{Ending, GOOD};

/// Say what differs between two graphs in meaning.
///
/// Order, comments and layout do not matter. Exits with 0 if they mean the same and with 1 if they do not.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Graph before.
    before: PathBuf,
    /// Graph after.
    after: PathBuf,
}

/// Compares two graphs.
pub(crate) fn diff(args: &Args) -> Ending {
    let before = read(Arc::new(Weft::source(&args.before)?))?;
    let after = read(Arc::new(Weft::source(&args.after)?))?;
    let changes = weft::graph::diff(&before, &after);
    for change in &changes {
        anstream::println!("{change}");
    }
    Ok(if changes.is_empty() {
        GOOD
    } else {
        ExitCode::FAILURE
    })
}
