//! The results in memory: a byte budget, and what goes first when it is spent.
//!
//! GreedyDual-Size (Cao and Irani 1997, "Cost-aware WWW proxy caching algorithms"): a result is worth
//! `L + cost / bytes`, with `L` the worth of the last one that went. The least worth goes first. So what is
//! dear to make and small stays long, and `L`, which only grows, lets even that go when it is not used.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc, time::Duration};

use rustc_hash::FxHashMap;
use weft_value::{AnyValue, Digest};

#[cfg(test)]
mod tests;

/// What a key leads to.
#[derive(Clone)]
pub(crate) enum Kept {
    /// What a node gave.
    Result(Arc<[AnyValue]>),
    /// The same result under another key.
    Alias(Digest),
}

/// What a slot takes beside its values: key, worth, places in the tables, shared pointers.
const SLOT_BYTES: u64 = 256;

/// Least cost; with none at all a large result would be worth as much as a small one.
const LEAST_COST: Duration = Duration::from_nanos(1);

/// How much a slot is worth keeping; equal worths go in the order of their last use.
#[derive(Clone, Copy, PartialEq)]
struct Worth {
    value: f64,
    used_at: u64,
}

impl Eq for Worth {}

impl Ord for Worth {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value
            .total_cmp(&other.value)
            .then(self.used_at.cmp(&other.used_at))
    }
}

impl PartialOrd for Worth {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

struct Slot {
    kept: Kept,
    cost: Duration,
    bytes: u64,
    worth: Worth,
    /// Sets apart the slots that one key has had.
    number: u64,
}

/// The results in memory. Looking is O(1), keeping is O(log n) amortised.
pub(crate) struct Memory {
    budget: u64,
    bytes: u64,
    evicted: u64,
    /// `L`: the worth of the last slot that went.
    floor: f64,
    /// Counts uses and slots.
    clock: u64,
    slots: FxHashMap<Digest, Slot>,
    /// Every slot once, by what it was worth when it was put here. Worth only grows with use, so a slot
    /// that is worth more by the time it comes up goes back in, and a use need not touch the heap.
    next: BinaryHeap<Reverse<(Worth, u64, Digest)>>,
}

impl Memory {
    pub(crate) fn new(budget: u64) -> Self {
        Self {
            budget,
            bytes: 0,
            evicted: 0,
            floor: 0.0,
            clock: 0,
            slots: FxHashMap::default(),
            next: BinaryHeap::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn budget(&self) -> u64 {
        self.budget
    }

    /// How many slots have gone because the budget was spent.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// What the key leads to, and how long that took to make; this counts as a use.
    pub(crate) fn look(&mut self, key: &Digest) -> Option<(Kept, Duration)> {
        let slot = self.slots.get_mut(key)?;
        self.clock += 1;
        slot.worth = worth(self.floor, slot.cost, slot.bytes, self.clock);
        Some((slot.kept.clone(), slot.cost))
    }

    /// Keeps a result, if it fits the budget at all. Gives back what had to go, so that the caller can drop
    /// it without holding a lock.
    pub(crate) fn keep(&mut self, key: Digest, kept: Kept, cost: Duration) -> Vec<Kept> {
        let bytes = value_bytes(&kept).saturating_add(SLOT_BYTES);
        if bytes > self.budget {
            return Vec::new();
        }
        let mut gone: Vec<_> = self.remove(&key).into_iter().collect();
        while self.bytes + bytes > self.budget {
            match self.evict() {
                Some(kept) => gone.push(kept),
                None => break,
            }
        }
        self.clock += 1;
        let slot = Slot {
            kept,
            cost,
            bytes,
            worth: worth(self.floor, cost, bytes, self.clock),
            number: self.clock,
        };
        self.bytes += bytes;
        self.next.push(Reverse((slot.worth, slot.number, key)));
        self.slots.insert(key, slot);
        self.tidy();
        gone
    }

    /// Keeps an alias, unless the key has a result of its own. It is worth as much as what it leads to.
    pub(crate) fn keep_alias(&mut self, from: Digest, to: Digest) -> Vec<Kept> {
        let has_result = self
            .slots
            .get(&from)
            .is_some_and(|slot| matches!(slot.kept, Kept::Result(_)));
        if has_result {
            return Vec::new();
        }
        let cost = self.slots.get(&to).map_or(LEAST_COST, |slot| slot.cost);
        self.keep(from, Kept::Alias(to), cost)
    }

    /// Forgets the key.
    pub(crate) fn remove(&mut self, key: &Digest) -> Option<Kept> {
        let slot = self.slots.remove(key)?;
        self.bytes -= slot.bytes;
        Some(slot.kept)
    }

    /// Forgets this very result of the key, not one that has been put there since.
    pub(crate) fn remove_result(&mut self, key: &Digest, result: &Arc<[AnyValue]>) -> Option<Kept> {
        match &self.slots.get(key)?.kept {
            Kept::Result(there) if Arc::ptr_eq(there, result) => self.remove(key),
            _ => None,
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) -> Vec<Kept> {
        self.bytes = 0;
        self.next.clear();
        self.slots.drain().map(|(_, slot)| slot.kept).collect()
    }

    /// Lets the slot of least worth go; `None` if there is none.
    fn evict(&mut self) -> Option<Kept> {
        while let Some(Reverse((was_worth, number, key))) = self.next.pop() {
            match self.slots.get(&key) {
                Some(slot) if slot.number == number && slot.worth > was_worth => {
                    self.next.push(Reverse((slot.worth, number, key)));
                }
                Some(slot) if slot.number == number => {
                    self.floor = self.floor.max(was_worth.value);
                    self.evicted += 1;
                    return self.remove(&key);
                }
                // The place of a slot that was removed.
                _ => {}
            }
        }
        None
    }

    /// Drops the places of removed slots once they outnumber the others.
    fn tidy(&mut self) {
        if self.next.len() > 2 * self.slots.len() + 64 {
            let slots = &self.slots;
            self.next.retain(|Reverse((_, number, key))| {
                slots.get(key).is_some_and(|slot| slot.number == *number)
            });
        }
    }
}

/// Memory that the values of a result hold together.
pub(crate) fn all_bytes(outputs: &[AnyValue]) -> u64 {
    outputs
        .iter()
        .fold(0, |sum, value| value.bytes().saturating_add(sum))
}

fn value_bytes(kept: &Kept) -> u64 {
    match kept {
        Kept::Result(outputs) => all_bytes(outputs),
        Kept::Alias(_) => 0,
    }
}

fn worth(floor: f64, cost: Duration, bytes: u64, used_at: u64) -> Worth {
    let cost = cost.max(LEAST_COST).as_secs_f64();
    Worth {
        value: floor + cost / bytes as f64,
        used_at,
    }
}
