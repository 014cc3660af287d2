//! Keeps panics on this side of the boundary.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What `body` gives, or what it said and where as it panicked.
pub(crate) fn guarded<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    let outer = IS_GUARDED.replace(true);
    let ended = panic::catch_unwind(AssertUnwindSafe(body));
    IS_GUARDED.set(outer);
    ended.map_err(|panic| {
        let said = said(panic).unwrap_or_else(|| "without a word".to_owned());
        match PLACE.take() {
            Some(place) => format!("{said}, at {place}"),
            None => said,
        }
    })
}

/// The text that a panic carries.
fn said(panic: Box<dyn Any + Send>) -> Option<String> {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    if text.is_none() {
        // Something else is the author's own, and might panic again as it is dropped.
        std::mem::forget(panic);
    }
    text
}

/// Keeps panics that are guarded from being printed, since the host is told of them. The hook is that of this library
/// alone, or of a test.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if IS_GUARDED.try_with(Cell::get).unwrap_or(false) {
                PLACE.set(panic.location().map(ToString::to_string));
            } else {
                print(panic);
            }
        }));
    });
}
