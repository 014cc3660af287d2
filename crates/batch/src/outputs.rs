//! The files of an item: what it wrote, and whether that is there still.

use std::path::{Path, PathBuf};

use weft_engine::{Report, Row};
use weft_value::{Image, Saved};

use crate::ledger::{self, Entry, Output};

/// The files that an item wrote below `out`.
pub(crate) fn outputs(report: &Report, out: &Path) -> Vec<Output> {
    let output = |row: &Row, saved: &Saved| {
        let below = saved.path.strip_prefix(out).unwrap_or(&saved.path);
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        Output {
            node: row.node.clone(),
            path: parts.join("/"),
            bytes: saved.bytes,
            blake3: saved.content.to_string(),
        }
    };
    let of_row = |row| Row::saved(row).map(move |saved| output(row, saved));
    report.rows.iter().flat_map(of_row).collect()
}

/// Where an output is.
fn path_of(out: &Path, output: &Output) -> PathBuf {
    out.join(&output.path)
}

/// Whether all files of an item are there, of the size that was written.
pub(crate) fn are_there(out: &Path, entry: &Entry) -> bool {
    entry.outputs.iter().all(|output| {
        std::fs::metadata(path_of(out, output)).is_ok_and(|found| found.len() == output.bytes)
    })
}

/// Whether all files of an item have the content that was written.
pub(crate) fn are_whole(out: &Path, entry: &Entry) -> bool {
    entry
        .outputs
        .iter()
        .all(|output| ledger::check(out, output).is_ok())
}

/// The first picture of an item, if it is still there.
pub(crate) fn picture(out: &Path, entry: &Entry) -> Option<Image> {
    let read = |output: &Output| {
        let bytes = std::fs::read(path_of(out, output)).ok()?;
        let decoded = weft_vision::codec::decode(&bytes, &burn::tensor::Device::flex()).ok()?;
        Some(decoded.image)
    };
    entry.outputs.iter().find_map(read)
}
