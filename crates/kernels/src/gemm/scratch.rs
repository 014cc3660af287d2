//! Memory that each thread keeps from one product to the next, since fresh pages are dear.

use std::cell::RefCell;

/// The most words that a thread keeps: 256 MiB.
const KEPT: usize = 64 << 20;

/// A cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u32; 16]);

/// Words that begin on a cache line.
#[derive(Default)]
pub(crate) struct Buffer {
    lines: Vec<Line>,
    words: usize,
}

impl Buffer {
    /// That many words of any content, to be held for long: never in memory that is much larger.
    pub(crate) fn kept(words: usize) -> Self {
        let lines = words.div_ceil(16);
        let mut buffer = IDLE.with_borrow_mut(|idle| {
            let fits = |buffer: &Self| (lines..=2 * lines).contains(&buffer.lines.len());
            let found = idle.iter().position(fits);
            found.map(|i| idle.swap_remove(i)).unwrap_or_default()
        });
        buffer.resize(words);
        buffer
    }

    /// The words.
    pub(crate) fn as_slice(&self) -> &[u32] {
        // SAFETY: the lines are initialised arrays of 16 words without padding between them, and
        // there are enough of them for `words`.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.words) }
    }

    /// The words.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u32] {
        // SAFETY: as in `as_slice`, and the borrow is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.words) }
    }

    fn resize(&mut self, words: usize) {
        let lines = words.div_ceil(16);
        if self.lines.len() < lines {
            self.lines = vec![Line([0; 16]); lines];
        }
        self.words = words;
    }
}

impl Drop for Buffer {
    /// Leaves the memory to the next one who asks on this thread.
    fn drop(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        if lines.is_empty() {
            return;
        }
        // A thread that is ending has no list any more; the memory is freed then.
        let _ = IDLE.try_with(|idle| {
            let Ok(mut idle) = idle.try_borrow_mut() else {
                return;
            };
            let kept: usize = idle.iter().map(|buffer| buffer.lines.len() * 16).sum();
            if kept + lines.len() * 16 <= KEPT {
                idle.push(Self { lines, words: 0 });
            }
        });
    }
}

thread_local! {
    static IDLE: RefCell<Vec<Buffer>> = const { RefCell::new(Vec::new()) };
}

/// Calls a function with that many words of any content.
pub(crate) fn scratch<R>(words: usize, job: impl FnOnce(&mut [u32]) -> R) -> R {
    let mut buffer = IDLE.with_borrow_mut(|idle| take(idle, words));
    buffer.resize(words);
    job(buffer.as_mut_slice())
}

/// The smallest idle buffer that is large enough, else the largest, else a new one.
fn take(idle: &mut Vec<Buffer>, words: usize) -> Buffer {
    let fits = |buffer: &Buffer| buffer.lines.len() * 16 >= words;
    let best = (0..idle.len()).min_by_key(|&i| {
        let size = idle[i].lines.len();
        if fits(&idle[i]) {
            (0, size)
        } else {
            (1, usize::MAX - size)
        }
    });
    best.map(|i| idle.swap_remove(i)).unwrap_or_default()
}
