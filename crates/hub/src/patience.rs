//! Work that may hang is done on a thread of its own, and left there when nothing has moved for too long.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{RecvTimeoutError, channel},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{HubError, telling::is_stopped};

/// When something last moved.
#[derive(Clone)]
pub(crate) struct Pulse(Arc<Mutex<Instant>>);

impl Pulse {
    /// Something has moved.
    pub(crate) fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn age(&self) -> Duration {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
    }
}

/// How often it is looked whether the work still moves.
const LOOK: Duration = Duration::from_millis(50);

/// Does the work; it is given up when its pulse has not beaten for `patience`.
///
/// # Errors
/// Those of the work; that it hangs, or that the program is about to end.
pub(crate) fn wait<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce(&Pulse) -> Result<T, HubError> + Send + 'static,
) -> Result<T, HubError> {
    let pulse = Pulse(Arc::new(Mutex::new(Instant::now())));
    let (give, take) = channel();
    let inner = pulse.clone();
    let builder = thread::Builder::new().name("weft-hub".to_owned());
    let started = builder.spawn(move || give.send(work(&inner)));
    started.map_err(|why| HubError::Unreachable(why.to_string()))?;
    loop {
        match take.recv_timeout(LOOK) {
            Ok(done) => return done,
            Err(RecvTimeoutError::Timeout) if is_stopped() => return Err(HubError::Stopped),
            Err(RecvTimeoutError::Timeout) if pulse.age() > patience => {
                return Err(HubError::Silent(patience));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(HubError::Odd("its client panicked".to_owned()));
            }
        }
    }
}
