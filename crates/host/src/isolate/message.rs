//! What the two processes tell each other, a line of JSON each.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use weft_abi::Described;

use super::crossing::Crossing;

/// What the host tells the process of a plugin.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Ask {
    /// Load the library of that name, whose bytes lie where pixels will lie: in this file.
    Load {
        name: PathBuf,
        pixels: PathBuf,
        memory: u64,
    },
    /// Run the node of that place, or only check what is known of its inputs.
    Run {
        node: u32,
        inputs: Vec<(String, Crossing)>,
        is_check: bool,
    },
    /// The run has been cancelled.
    Cancel,
}

/// What the process of a plugin tells the host.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Tell {
    /// The library is loaded.
    Loaded(Described),
    /// The library is no plugin that can be used.
    Refused(String),
    /// The node has done so many steps.
    Step { done: u64, total: u64 },
    /// A line for the log, and how much it matters: 0, 1 or 2.
    Log { level: u8, line: String },
    /// The node has ended well and gave this.
    Done(Vec<Crossing>),
    /// The node has failed: inputs at fault, and why.
    Failed(Vec<(Option<String>, String)>),
    /// The node has stopped since the run was cancelled.
    Cancelled,
}
