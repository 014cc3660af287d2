//! Networks in memory, each loaded once and held by the host between calls. Those of a graphics adapter wait in the
//! memory of the host while the adapter's is short.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use burn::{module::Module, tensor::Device};
use weft_tensor::{is_gpu, sweep_packed};
use weft_value::Digest;

use crate::Result;

#[cfg(test)]
mod tests;

type Held = Arc<dyn Any + Send + Sync>;

/// Networks by key, as many as fit a number of bytes; the one that was not used for the longest time goes first.
#[derive(Debug)]
pub struct Models {
    budget: u64,
    /// For networks of an adapter that wait on the host.
    aside: u64,
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    by_key: HashMap<Digest, Slot>,
    uses: u64,
}

#[derive(Debug, Default)]
struct Slot {
    /// Who loads it holds the lock, so that others wait instead of loading it as well.
    loaded: Arc<Mutex<Option<Loaded>>>,
    /// Which use of any was its last.
    used: u64,
}

#[derive(Debug)]
struct Loaded {
    held: Held,
    bytes: u64,
    /// How it goes to the host and back, if it does.
    moves: Option<Moves>,
    is_aside: bool,
}

#[derive(Clone, Debug)]
struct Moves {
    /// Where it computes.
    device: Device,
    to: fn(&Held, &Device) -> Option<Held>,
}

impl Loaded {
    /// Brings it to where it computes.
    fn bring(&mut self) {
        if let Some(moves) = self.moves.as_ref().filter(|_| self.is_aside)
            && let Some(there) = (moves.to)(&self.held, &moves.device)
        {
            (self.held, self.is_aside) = (there, false);
        }
    }

    /// Puts it into the memory of the host, if it is an adapter's and nobody uses it; whether it is there now.
    fn put_aside(&mut self) -> bool {
        let on_gpu = |moves: &&Moves| is_gpu(&moves.device);
        if !self.is_aside
            && let Some(moves) = self.moves.as_ref().filter(on_gpu)
            && Arc::strong_count(&self.held) == 1
            && let Some(here) = (moves.to)(&self.held, &Device::flex())
        {
            (self.held, self.is_aside) = (here, true);
        }
        self.is_aside
    }
}

fn moved<N: Module + Send + Sync + 'static>(held: &Held, device: &Device) -> Option<Held> {
    let network = held.downcast_ref::<N>()?;
    Some(Arc::new(weft_tensor::network(network.clone(), device)))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A node that panicked while loading leaves an empty slot, which is a good state.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Models {
    /// Holds networks of `budget` bytes together where they compute.
    pub fn new(budget: u64) -> Self {
        Self {
            budget,
            aside: 0,
            slots: Mutex::default(),
        }
    }

    /// With so many bytes of the host's memory for networks that an adapter has no room for.
    #[must_use]
    pub fn aside(self, bytes: u64) -> Self {
        Self {
            aside: bytes,
            ..self
        }
    }

    /// What is held under that key; `read` gives it and its bytes where nothing is. One of another type under
    /// the key is replaced. What is in use stays in memory until its users are done.
    ///
    /// # Errors
    /// Those of `read`; nothing is held then.
    pub fn get<T: Send + Sync + 'static>(
        &self,
        key: Digest,
        read: impl FnOnce() -> Result<(T, u64)>,
    ) -> Result<Arc<T>> {
        self.find(key, None, read)
    }

    /// The network of that key, as [`Models::get`] finds it; where memory of `device`, a graphics adapter, is short, it
    /// waits on the host for its next use.
    ///
    /// # Errors
    /// Those of `read`; nothing is held then.
    pub fn network<N: Module + Send + Sync + 'static>(
        &self,
        key: Digest,
        device: &Device,
        read: impl FnOnce() -> Result<N>,
    ) -> Result<Arc<N>> {
        let moves = Moves {
            device: device.clone(),
            to: moved::<N>,
        };
        self.find(key, Some(moves), || {
            let network = read()?;
            let bytes = 4 * network.num_params() as u64;
            Ok((network, bytes))
        })
    }

    fn find<T: Send + Sync + 'static>(
        &self,
        key: Digest,
        moves: Option<Moves>,
        read: impl FnOnce() -> Result<(T, u64)>,
    ) -> Result<Arc<T>> {
        let slot = self.slot(key);
        let mut loaded = locked(&slot);
        if let Some(loaded) = loaded.as_mut() {
            loaded.bring();
        }
        let held = loaded.as_ref().map(|loaded| loaded.held.clone());
        if let Some(Ok(model)) = held.map(Arc::downcast::<T>) {
            drop(loaded);
            self.make_room(key);
            return Ok(model);
        }
        let (model, bytes) = read()?;
        let model = Arc::new(model);
        *loaded = Some(Loaded {
            held: model.clone(),
            bytes,
            moves,
            is_aside: false,
        });
        drop(loaded);
        self.make_room(key);
        Ok(model)
    }

    /// Clears the memory where networks compute: those of an adapter wait on the host as long as they fit there, the
    /// others are let go of. What is in use stays in memory until its users are done.
    pub fn shed(&self) {
        self.reduce(0, None);
    }

    /// Lets go of every network; those in use stay in memory until their users are done.
    pub fn clear(&self) {
        locked(&self.slots).by_key.clear();
        sweep_packed();
    }

    fn slot(&self, key: Digest) -> Arc<Mutex<Option<Loaded>>> {
        let mut slots = locked(&self.slots);
        slots.uses += 1;
        let used = slots.uses;
        let slot = slots.by_key.entry(key).or_default();
        slot.used = used;
        slot.loaded.clone()
    }

    /// Lets go of the oldest until the rest fits, but not of the one that was just asked for.
    fn make_room(&self, newest: Digest) {
        self.reduce(self.budget, Some(newest));
    }

    fn reduce(&self, budget: u64, newest: Option<Digest>) {
        let mut slots = locked(&self.slots);
        let mut order: Vec<_> = slots
            .by_key
            .iter()
            .map(|(key, slot)| (slot.used, *key))
            .collect();
        order.sort_unstable();
        // Newest first: what fits stays.
        let (mut here, mut aside) = (0, 0);
        for (_, key) in order.into_iter().rev() {
            let Some(slot) = slots.by_key.get(&key).map(|slot| slot.loaded.clone()) else {
                continue;
            };
            // A slot whose lock is taken is being loaded; it makes room for itself.
            let Ok(mut loaded) = slot.try_lock() else {
                continue;
            };
            let Some(loaded) = loaded.as_mut() else {
                continue;
            };
            let bytes = loaded.bytes;
            if !loaded.is_aside && (here + bytes <= budget || Some(key) == newest) {
                here += bytes;
            } else if aside + bytes <= self.aside && loaded.put_aside() {
                aside += bytes;
            } else {
                slots.by_key.remove(&key);
            }
        }
        sweep_packed();
    }
}
