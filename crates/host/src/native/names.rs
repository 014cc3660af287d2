//! Names of inputs that live forever, each kept once however often a plugin is loaded.

use std::collections::HashSet;

use parking_lot::Mutex;

static NAMES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

/// The name, for as long as the process lives.
pub(crate) fn forever(name: &str) -> &'static str {
    let mut names = NAMES.lock();
    let names = names.get_or_insert_default();
    if let Some(known) = names.get(name) {
        return known;
    }
    let leaked: &'static str = Box::leak(name.into());
    names.insert(leaked);
    leaked
}
