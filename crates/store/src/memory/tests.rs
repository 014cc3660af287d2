//! What stays in memory, against the algorithm as the paper states it.

use std::{collections::BTreeMap, time::Instant};

use super::*;
use crate::samples::{Random, key, long_text, text};

fn keep(memory: &mut Memory, number: u64, bytes: usize, cost: Duration) {
    memory.keep(key(number), Kept::Result(long_text(bytes)), cost);
}

fn holds(memory: &Memory, number: u64) -> bool {
    memory.slots.contains_key(&key(number))
}

const MS: Duration = Duration::from_millis(1);

#[test]
fn of_equal_results_the_one_used_longest_ago_goes_first() {
    let mut memory = Memory::new(3 * (SLOT_BYTES + 100));
    for number in 0..3 {
        keep(&mut memory, number, 100, MS);
    }
    memory.look(&key(0));
    keep(&mut memory, 3, 100, MS);
    assert!(!holds(&memory, 1), "1 was used longest ago");
    assert!(holds(&memory, 0) && holds(&memory, 2) && holds(&memory, 3));
    assert_eq!(memory.evicted(), 1);
}

#[test]
fn a_result_that_is_dear_for_its_size_outlives_cheap_and_large_ones() {
    let mut memory = Memory::new(10_000);
    keep(&mut memory, 0, 100, 1000 * MS);
    keep(&mut memory, 1, 5000, MS);
    keep(&mut memory, 2, 5000, MS);
    assert!(holds(&memory, 0) && holds(&memory, 2) && !holds(&memory, 1));
}

#[test]
fn a_dear_result_that_nobody_uses_goes_in_the_end() {
    let mut memory = Memory::new(10_000);
    keep(&mut memory, 0, 100, 10 * MS);
    for number in 1..100 {
        keep(&mut memory, number, 100, MS);
    }
    assert!(holds(&memory, 0));
    for number in 100..1000 {
        keep(&mut memory, number, 100, MS);
    }
    assert!(!holds(&memory, 0));
}

#[test]
fn a_result_that_is_larger_than_the_budget_is_not_kept_and_pushes_nothing_out() {
    let mut memory = Memory::new(1000);
    keep(&mut memory, 0, 100, MS);
    keep(&mut memory, 1, 1000, 1000 * MS);
    assert!(holds(&memory, 0) && !holds(&memory, 1));
}

#[test]
fn no_budget_keeps_nothing() {
    let mut memory = Memory::new(0);
    keep(&mut memory, 0, 0, MS);
    memory.keep_alias(key(1), key(2));
    assert_eq!((memory.len(), memory.bytes()), (0, 0));
}

/// GreedyDual-Size as the paper states it, with a search through everything at each eviction.
#[derive(Default)]
struct Reference {
    budget: u64,
    floor: f64,
    clock: u64,
    slots: BTreeMap<u64, (f64, u64, u64, Duration)>,
}

impl Reference {
    fn keep(&mut self, number: u64, bytes: u64, cost: Duration) {
        if bytes > self.budget {
            return;
        }
        self.slots.remove(&number);
        while self.slots.values().map(|slot| slot.2).sum::<u64>() + bytes > self.budget {
            let least = self
                .slots
                .iter()
                .min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
                .map(|(number, slot)| (*number, slot.0))
                .unwrap();
            self.slots.remove(&least.0);
            self.floor = least.1;
        }
        self.clock += 1;
        let worth = self.floor + cost.as_secs_f64() / bytes as f64;
        self.slots.insert(number, (worth, self.clock, bytes, cost));
    }

    fn look(&mut self, number: u64) {
        if let Some(slot) = self.slots.get_mut(&number) {
            self.clock += 1;
            slot.0 = self.floor + slot.3.as_secs_f64() / slot.2 as f64;
            slot.1 = self.clock;
        }
    }
}

#[test]
fn the_lazy_heap_keeps_exactly_what_the_paper_keeps() {
    for seed in 0..20 {
        let budget = 20_000;
        let mut random = Random(seed);
        let mut memory = Memory::new(budget);
        let mut reference = Reference {
            budget,
            ..Reference::default()
        };
        for _ in 0..1000 {
            let number = random.below(100);
            match random.below(4) {
                0 | 1 => {
                    memory.look(&key(number));
                    reference.look(number);
                }
                2 => {
                    // Few sizes and costs, so that equal worths are common.
                    let bytes = 100 * random.below(30);
                    let cost = MS * (1 + random.below(5) as u32);
                    keep(&mut memory, number, bytes as usize, cost);
                    reference.keep(number, SLOT_BYTES + bytes, cost);
                }
                _ if random.below(4) == 0 => {
                    memory.remove(&key(number));
                    reference.slots.remove(&number);
                }
                _ => {}
            }
            let kept: Vec<_> = (0..100).filter(|number| holds(&memory, *number)).collect();
            let expected: Vec<_> = reference.slots.keys().copied().collect();
            assert_eq!(kept, expected);
            let bytes: u64 = memory.slots.values().map(|slot| slot.bytes).sum();
            assert!(memory.bytes() == bytes && bytes <= budget);
        }
        assert!(memory.evicted() > 50, "the test has evicted something");
    }
}

#[test]
fn putting_and_removing_one_key_forever_takes_no_more_memory() {
    let mut memory = Memory::new(1 << 20);
    for _ in 0..10_000 {
        keep(&mut memory, 0, 10, MS);
        memory.remove(&key(0));
        keep(&mut memory, 1, 10, MS);
    }
    assert!(memory.next.len() < 200, "{} places", memory.next.len());
}

#[test]
fn an_alias_lives_as_long_as_what_it_leads_to() {
    let mut memory = Memory::new(10_000);
    keep(&mut memory, 0, 100, 1000 * MS);
    memory.keep_alias(key(1000), key(0));
    for number in 1..500 {
        keep(&mut memory, number, 100, MS);
    }
    assert!(holds(&memory, 0) && holds(&memory, 1000));
}

#[test]
fn an_alias_never_takes_the_place_of_a_result() {
    let mut memory = Memory::new(10_000);
    keep(&mut memory, 0, 100, MS);
    memory.keep_alias(key(0), key(1));
    assert!(matches!(memory.look(&key(0)), Some((Kept::Result(_), _))));
}

#[test]
fn a_result_that_was_put_since_is_not_removed_for_an_older_one() {
    let mut memory = Memory::new(10_000);
    let (old, new) = (text("old"), text("new"));
    memory.keep(key(0), Kept::Result(Arc::clone(&old)), MS);
    memory.keep(key(0), Kept::Result(Arc::clone(&new)), MS);
    memory.remove_result(&key(0), &old);
    assert!(holds(&memory, 0));
    memory.remove_result(&key(0), &new);
    assert!(!holds(&memory, 0));
}

#[test]
fn a_hundred_thousand_results_come_and_go_quickly() {
    let count = 100_000;
    let mut memory = Memory::new(count / 2 * (SLOT_BYTES + 8));
    let value = long_text(8);
    let keys: Vec<_> = (0..count).map(key).collect();
    let start = Instant::now();
    for (i, key) in keys.iter().enumerate() {
        let cost = MS * (1 + i as u32 % 7);
        memory.keep(*key, Kept::Result(Arc::clone(&value)), cost);
    }
    for key in &keys {
        memory.look(key);
    }
    // One search through everything at each of the 50,000 evictions would take minutes.
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(memory.len() as u64, count / 2);
}
