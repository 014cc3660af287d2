//! Networks in memory, each loaded once and held by the host between calls.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use weft_value::Digest;

use crate::Result;

#[cfg(test)]
mod tests;

type Held = Arc<dyn Any + Send + Sync>;

/// Networks by key, as many as fit a number of bytes; the one that was not used for the longest time goes first.
#[derive(Debug)]
pub struct Models {
    budget: u64,
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    by_key: HashMap<Digest, Slot>,
    uses: u64,
}

#[derive(Debug, Default)]
struct Slot {
    loaded: Arc<Mutex<Option<Loaded>>>,
    /// Which use of any was its last.
    used: u64,
}

/// A network and its bytes; who loads it holds the lock, so that others wait instead of loading it as well.
type Loaded = (Held, u64);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A node that panicked while loading leaves an empty slot, which is a good state.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Models {
    /// Holds networks of `budget` bytes together.
    pub fn new(budget: u64) -> Self {
        Self {
            budget,
            slots: Mutex::default(),
        }
    }

    /// The network of that key; `read` gives it and its bytes where it is not held. One of another type under
    /// the key is replaced. A network that is in use stays in memory until its users are done.
    ///
    /// # Errors
    /// Those of `read`; nothing is held then.
    pub fn get<T: Send + Sync + 'static>(
        &self,
        key: Digest,
        read: impl FnOnce() -> Result<(T, u64)>,
    ) -> Result<Arc<T>> {
        let slot = self.slot(key);
        let mut loaded = locked(&slot);
        let held = loaded.as_ref().map(|(held, _)| held.clone());
        if let Some(Ok(model)) = held.map(Arc::downcast::<T>) {
            return Ok(model);
        }
        let (model, bytes) = read()?;
        let model = Arc::new(model);
        *loaded = Some((model.clone(), bytes));
        drop(loaded);
        self.make_room(key);
        Ok(model)
    }

    /// Lets go of every network; those in use stay in memory until their users are done.
    pub fn shed(&self) {
        locked(&self.slots).by_key.clear();
    }

    fn slot(&self, key: Digest) -> Arc<Mutex<Option<Loaded>>> {
        let mut slots = locked(&self.slots);
        slots.uses += 1;
        let used = slots.uses;
        let slot = slots.by_key.entry(key).or_default();
        slot.used = used;
        slot.loaded.clone()
    }

    /// Lets go of the oldest until the rest fits, but not of the one that was just loaded.
    fn make_room(&self, newest: Digest) {
        let mut slots = locked(&self.slots);
        // A slot whose lock is taken is being loaded; it makes room for itself.
        let idle = slots.by_key.iter().filter_map(|(key, slot)| {
            let loaded = slot.loaded.try_lock().ok()?;
            let bytes = loaded.as_ref().map_or(0, |(_, bytes)| *bytes);
            Some((slot.used, *key, bytes))
        });
        let mut found: Vec<(u64, Digest, u64)> = idle.collect();
        found.sort_unstable_by_key(|(used, ..)| *used);
        let mut sum: u64 = found.iter().map(|(.., bytes)| bytes).sum();
        for (_, key, bytes) in found {
            if sum > self.budget && key != newest {
                slots.by_key.remove(&key);
                sum -= bytes;
            }
        }
    }
}
