//! How work is cut for the threads, and memory that a thread keeps between calls.

use std::cell::Cell;

/// How many numbers one task takes. Cuts depend on shapes alone, so results do not depend on the number of threads;
/// work that is no longer than this stays on the caller's thread.
pub(crate) const CHUNK: usize = 1 << 14;

/// How many rows of that length one task takes.
pub(crate) fn rows_per_task(row: usize) -> usize {
    (CHUNK / row.max(1)).max(1)
}

thread_local! {
    static KEPT: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// Lends zeros that live as long as the call; the memory is kept for the next.
///
/// It is taken out meanwhile: a thread that waits for its tasks may run another kernel.
pub(crate) fn with_zeros<R>(count: usize, work: impl FnOnce(&mut [f32]) -> R) -> R {
    let mut buffer = KEPT.take();
    buffer.clear();
    buffer.resize(count, 0.0);
    let result = work(&mut buffer);
    KEPT.set(buffer);
    result
}
