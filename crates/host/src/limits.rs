//! What a plugin in a process of its own may take.

use std::{path::PathBuf, time::Duration};

/// What the process of a plugin may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time between two steps of a call.
    pub time: Duration,
    /// Memory, in bytes.
    pub memory: u64,
    /// The program that is started, with [`Limits::arguments`]: it calls [`crate::isolate::serve`].
    pub program: PathBuf,
    /// What the program is told, so that it knows what it is started for.
    pub arguments: Vec<String>,
}
