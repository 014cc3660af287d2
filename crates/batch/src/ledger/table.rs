//! The ledger as a table.

use std::collections::BTreeSet;

use super::{Entry, Output};

/// A table of the entries: a column for each input, those of the files joined by spaces.
pub fn to_csv(entries: &[&Entry]) -> String {
    let inputs: BTreeSet<&String> = entries
        .iter()
        .flat_map(|entry| entry.inputs.keys())
        .collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fixed = [
        "item", "label", "ended", "at", "ms", "files", "blake3", "error",
    ];
    let header = fixed
        .iter()
        .copied()
        .chain(inputs.iter().map(|name| name.as_str()));
    // Writing to memory does not fail, and every row has as many cells.
    let _ = writer.write_record(header);
    for entry in entries {
        let joined = |part: fn(&Output) -> &str| {
            entry.outputs.iter().map(part).collect::<Vec<_>>().join(" ")
        };
        let mut row = vec![
            entry.item.clone(),
            entry.label.clone(),
            entry.ended.word().to_owned(),
            entry.at.to_string(),
            format!("{:.1}", entry.ms),
            joined(|output| &output.path),
            joined(|output| &output.blake3),
            entry.error.clone().unwrap_or_default(),
        ];
        row.extend(
            inputs
                .iter()
                .map(|name| entry.inputs.get(*name).cloned().unwrap_or_default()),
        );
        let _ = writer.write_record(&row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
