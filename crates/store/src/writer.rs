//! The thread that encodes results and writes them to disk, so that a run never waits for either.

use std::{
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use weft_value::{AnyValue, Digest};

use crate::{
    disk::{Disk, Seen},
    entry::{self, Sort},
    error::why,
    memory::all_bytes,
    policy::is_worth_writing,
    trim::occupied,
};

#[cfg(test)]
mod tests;

/// How much may wait to be written. What comes when that is spent stays in memory only: a disk that cannot
/// keep up must not hold up the run.
const WAITING_BYTES: u64 = 256 << 20;

/// What a job takes beside its values.
const JOB_BYTES: u64 = 512;

/// How long a failing disk is left alone before the next try.
const PAUSE: Duration = Duration::from_secs(10);

/// Something to write.
pub(crate) enum Job {
    Result(Digest, Arc<[AnyValue]>, Duration),
    Alias(Digest, Digest),
}

impl Job {
    fn bytes(&self) -> u64 {
        match self {
            // One that is larger than all that may wait goes alone, whatever its size.
            Self::Result(_, outputs, _) => all_bytes(outputs).min(WAITING_BYTES) + JOB_BYTES,
            Self::Alias(..) => JOB_BYTES,
        }
    }
}

/// Hands jobs to the thread; dropping it waits until all are done.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

struct Shared {
    disk: Arc<Disk>,
    budget: u64,
    queue: Mutex<Queue>,
    changed: Condvar,
    written: AtomicU64,
    unwritten: AtomicU64,
    warnings: Mutex<Warnings>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    /// Of the jobs that wait and the one that is being done.
    bytes: u64,
    is_busy: bool,
    is_closed: bool,
}

#[derive(Default)]
struct Warnings {
    new: Vec<String>,
    told: Vec<String>,
}

impl Writer {
    pub(crate) fn start(disk: Arc<Disk>, budget: u64) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            disk,
            budget,
            queue: Mutex::default(),
            changed: Condvar::new(),
            written: AtomicU64::new(0),
            unwritten: AtomicU64::new(0),
            warnings: Mutex::default(),
        });
        let for_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("weft-store".to_owned())
            .spawn(move || for_thread.work())?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Takes a job, unless too much is waiting.
    pub(crate) fn send(&self, job: Job) {
        let bytes = job.bytes();
        let mut queue = self.shared.queue.lock();
        let is_idle = queue.bytes == 0;
        if !is_idle && queue.bytes + bytes > WAITING_BYTES {
            drop(queue);
            self.shared.leave_out("too much is waiting for the disk");
            return;
        }
        queue.bytes += bytes;
        queue.jobs.push_back(job);
        self.shared.changed.notify_all();
    }

    /// Waits until all jobs are done.
    pub(crate) fn flush(&self) {
        let mut queue = self.shared.queue.lock();
        while queue.is_busy || !queue.jobs.is_empty() {
            self.shared.changed.wait(&mut queue);
        }
    }

    /// Drops the jobs that have not begun, and waits for the one that has.
    pub(crate) fn cancel(&self) {
        let mut queue = self.shared.queue.lock();
        let jobs = std::mem::take(&mut queue.jobs);
        queue.bytes -= jobs.iter().map(Job::bytes).sum::<u64>();
        drop(queue);
        self.flush();
    }

    pub(crate) fn written(&self) -> u64 {
        self.shared.written.load(Ordering::Relaxed)
    }

    pub(crate) fn unwritten(&self) -> u64 {
        self.shared.unwritten.load(Ordering::Relaxed)
    }

    /// What has gone wrong since the last call; each thing is told once.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut warnings = self.shared.warnings.lock();
        let new = std::mem::take(&mut warnings.new);
        warnings.told.extend_from_slice(&new);
        new
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.queue.lock().is_closed = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // The thread catches every panic; there is nothing to pass on.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn work(&self) {
        let mut state = State::default();
        while let Some(job) = self.next() {
            let bytes = job.bytes();
            // A value of a plugin may panic while it is encoded; the others should still be written.
            let done = catch_unwind(AssertUnwindSafe(|| self.write(job, &mut state)));
            if done.is_err() {
                self.leave_out("a value panicked while it was encoded");
            }
            let mut queue = self.queue.lock();
            queue.bytes -= bytes;
            queue.is_busy = false;
            self.changed.notify_all();
        }
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.queue.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                queue.is_busy = true;
                return Some(job);
            }
            if queue.is_closed {
                return None;
            }
            self.changed.wait(&mut queue);
        }
    }

    fn write(&self, job: Job, state: &mut State) {
        if state.paused_until.is_some_and(|end| Instant::now() < end) {
            self.unwritten.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let Some((key, file)) = self.encode(job) else {
            return;
        };
        if occupied(file.len() as u64) > self.budget {
            self.unwritten.fetch_add(1, Ordering::Relaxed);
            return;
        }
        match self.disk.write(&key, &file) {
            Ok(()) => {
                self.written.fetch_add(1, Ordering::Relaxed);
                state.paused_until = None;
                state.count(&self.disk, (occupied(file.len() as u64), self.budget));
            }
            Err(error) => {
                state.paused_until = Some(Instant::now() + PAUSE);
                self.leave_out(&why(&error));
            }
        }
    }

    /// The file to write, if there is anything to write.
    fn encode(&self, job: Job) -> Option<(Digest, Vec<u8>)> {
        match job {
            Job::Alias(from, to) => match self.disk.look(&from) {
                // A result of its own is worth more than a pointer to an equal one.
                Some(Seen::Result(_)) => None,
                Some(Seen::Alias(there)) if there == to => None,
                _ => Some((from, entry::encode_alias(&from, &to))),
            },
            Job::Result(key, outputs, cost) => {
                // Tensors of one key never differ; a receipt may have been remade.
                if self.disk.look(&key) == Some(Seen::Result(Sort::Tensors)) {
                    return None;
                }
                let file = entry::encode_result(&key, &outputs, cost)?;
                is_worth_writing(file.len() as u64, cost).then_some((key, file))
            }
        }
    }

    /// Counts a result that was not written, and keeps the reason to be told.
    fn leave_out(&self, reason: &str) {
        self.unwritten.fetch_add(1, Ordering::Relaxed);
        let root = self.disk.root().display();
        let warning = format!("some results are not kept on disk: {reason}: {root}");
        let mut warnings = self.warnings.lock();
        if !warnings.new.contains(&warning) && !warnings.told.contains(&warning) {
            warnings.new.push(warning);
        }
    }
}

/// What the thread knows of the disk.
#[derive(Default)]
struct State {
    paused_until: Option<Instant>,
    /// Bytes that the files take, as of the last count and what was written since.
    bytes: Option<u64>,
    since_count: u64,
}

impl State {
    /// Adds a file that was written, and trims the folder when the budget is spent. What other processes
    /// write is seen at the next count, at the latest when an eighth of the budget has been written.
    fn count(&mut self, disk: &Disk, (written, budget): (u64, u64)) {
        self.since_count += written;
        let bytes = self.bytes.map(|bytes| bytes + written);
        let is_known = bytes.is_some_and(|bytes| bytes <= budget);
        if is_known && self.since_count <= budget / 8 {
            self.bytes = bytes;
        } else {
            self.bytes = Some(disk.trim(budget));
            self.since_count = 0;
        }
    }
}
