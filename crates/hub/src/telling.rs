//! Who wants to hear how far a long transfer is, and who wants it to stop.

use std::sync::{
    LazyLock, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// How far a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// What is done with it, in a word, such as `fetching`.
    pub doing: &'static str,
    /// Its name.
    pub name: String,
    /// Bytes done.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
}

type Listener = Box<dyn Fn(&Transfer) + Send + Sync>;

static LISTENER: LazyLock<Mutex<Option<Listener>>> = LazyLock::new(Mutex::default);
static IS_STOPPED: AtomicBool = AtomicBool::new(false);

/// Tells `listener` of every transfer of this program from now on. It is called with nothing done, then often, and
/// with all done at the end, if it comes to that.
pub fn tell_transfers(listener: impl Fn(&Transfer) + Send + Sync + 'static) {
    *LISTENER.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(listener));
}

/// Lets every fetch that goes on, and every later one, end with an error: the program is about to end.
pub fn stop_fetching() {
    IS_STOPPED.store(true, Ordering::Relaxed);
}

pub(crate) fn is_stopped() -> bool {
    IS_STOPPED.load(Ordering::Relaxed)
}

impl Transfer {
    /// Tells whoever listens.
    pub fn tell(&self) {
        if let Some(listener) = &*LISTENER.lock().unwrap_or_else(PoisonError::into_inner) {
            listener(self);
        }
    }
}
