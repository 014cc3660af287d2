//! How far a long job is.

use std::{
    io::IsTerminal,
    sync::{Mutex, PoisonError},
};

use indicatif::{ProgressBar, ProgressStyle};
use weft::value::{Transfer, tell_transfers};

use crate::summary;

/// A bar on standard error, laid out as `template` says.
pub(crate) fn bar(template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// What is shown of a file while it comes.
const TRANSFER: &str =
    "{wide_msg} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta:>4}";

/// From now on, shows how far a file is that is fetched or read through: a line that moves on a
/// terminal, or one when it begins.
pub(crate) fn show_transfers() {
    let is_seen = std::io::stderr().is_terminal();
    let shown = Mutex::new(None::<(String, ProgressBar)>);
    tell_transfers(move |transfer| {
        if !is_seen {
            if transfer.done == 0 && transfer.doing == "fetching" {
                let size = summary::bytes(transfer.total);
                anstream::eprintln!("fetching {} ({size})", transfer.name);
            }
            return;
        }
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        let said = format!("{} {}", transfer.doing, transfer.name);
        if shown.as_ref().is_none_or(|(name, _)| *name != said) {
            *shown = Some((said.clone(), bar(TRANSFER).with_message(said)));
        }
        let Some((_, bar)) = &*shown else { return };
        move_on(bar, transfer);
        if transfer.done == transfer.total {
            *shown = None;
        }
    });
}

fn move_on(bar: &ProgressBar, transfer: &Transfer) {
    bar.set_length(transfer.total);
    bar.set_position(transfer.done);
    if transfer.done == transfer.total {
        bar.finish_and_clear();
    }
}
