//! The wish to stop a run.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// The wish to stop a run; clones share it. Nodes see it at their next step, and nothing new starts.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the run to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the run was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
