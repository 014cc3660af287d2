//! Random choices that can be made again.

use weft_vision::noise::philox;

/// A row of random numbers, the same for the same seed and stream (Philox 4x32-10, by counters).
#[derive(Clone, Debug)]
pub struct Dice {
    seed: u64,
    stream: u64,
    thrown: u64,
}

impl Dice {
    /// The row `stream` of a seed; rows have nothing to do with each other.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self {
            seed,
            stream,
            thrown: 0,
        }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let halves = |number: u64| [number as u32, (number >> 32) as u32];
        let [[a, b], [c, d]] = [halves(self.thrown), halves(self.stream)];
        self.thrown += 1;
        let [low, high, ..] = philox([a, b, c, d], halves(self.seed));
        u64::from(high) << 32 | u64::from(low)
    }

    /// The next number from 0 up to, and without, 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// The next whole number from 0 up to, and without, `count`; 0 for a count of 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }

    /// Whether something happens that has this chance, 0..=1.
    pub fn happens(&mut self, chance: f32) -> bool {
        self.unit() < chance
    }

    /// One of a list; none of an empty one.
    pub fn choice<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    /// The list in another order (Fisher and Yates 1938).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}
