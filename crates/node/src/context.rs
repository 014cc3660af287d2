//! What a running node may ask of its host.

use std::sync::Arc;

use burn::{module::Module, tensor::Device};
use weft_tensor::memory;
use weft_value::{Digest, Hasher, Image, Saved};

use crate::{Error, Models, Result};

/// The host's side of one running node.
pub trait Job: Send + Sync {
    /// Whether the run has been cancelled.
    fn is_cancelled(&self) -> bool;

    /// The node has done `done` of `total` steps.
    fn step(&self, done: u64, total: u64);

    /// The node shows what it has so far.
    fn preview(&self, image: &Image);

    /// Whether anybody looks at previews.
    fn shows_previews(&self) -> bool {
        true
    }

    /// Writes a finished file; see [`Context::save`].
    ///
    /// # Errors
    /// The path cannot be used, is taken, or cannot be written.
    fn save(&self, template: &str, extension: &str, bytes: &[u8]) -> Result<Saved>;

    /// A line for who watches the run.
    fn log(&self, _: LogLevel, _: &str) {}

    /// See [`Context::provenance`].
    fn provenance(&self) -> Option<&Provenance>;

    /// Bytes of a graphics adapter's memory that may be taken; `None` if nobody knows.
    fn device_bytes(&self) -> Option<u64> {
        None
    }

    /// The networks that the host holds, if it holds any.
    fn models(&self) -> Option<&Models> {
        None
    }
}

/// How much a line of the log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For who looks for a mistake.
    Debug,
    /// For who watches.
    Info,
    /// The result may not be what was wanted.
    Warning,
}

/// What a saved picture remembers of its making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The text of the graph.
    pub graph: String,
    /// The graph's inputs with their values, as a JSON object.
    pub inputs: String,
    /// Which item of a batch it is, as JSON, if it is one: its seeds were derived from that.
    pub item: Option<String>,
}

/// What a running node may ask of its host. There is no clock, no environment and
/// nothing global; randomness comes from an input of type `Seed`.
#[derive(Clone)]
pub struct Context {
    device: Device,
    job: Arc<dyn Job>,
}

impl Context {
    /// The context of one job.
    pub fn new(device: Device, job: Arc<dyn Job>) -> Self {
        Self { device, job }
    }

    /// Where tensors are made.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Says that `done` of `total` steps are done; a loop that reports can be stopped.
    ///
    /// # Errors
    /// The run has been cancelled: pass the error on.
    pub fn step(&self, done: usize, total: usize) -> Result<()> {
        if self.job.is_cancelled() {
            return Err(Error::Cancelled);
        }
        self.job.step(done as u64, total as u64);
        Ok(())
    }

    /// Whether the run has been cancelled, for who waits without steps.
    pub fn is_cancelled(&self) -> bool {
        self.job.is_cancelled()
    }

    /// Writes a line to the log of the run.
    pub fn log(&self, level: LogLevel, line: &str) {
        self.job.log(level, line);
    }

    /// Shows what there is so far.
    pub fn preview(&self, image: &Image) {
        self.job.preview(image);
    }

    /// Whether anybody looks at previews, for a node to which making one is dear.
    pub fn shows_previews(&self) -> bool {
        self.job.shows_previews()
    }

    /// Writes a finished file: to a temporary name first, then renamed, so nothing half-written is ever
    /// seen. In `template`, `{seed}`, `{item}`, `{index}`, `{node}` and `{input}` for any input of the
    /// graph are filled in; `extension` is added if the template has none. Relative paths start from the
    /// output folder of the run.
    ///
    /// # Errors
    /// The template names something unknown, the file exists and may not be replaced, or it cannot be
    /// written.
    pub fn save(&self, template: &str, extension: &str, bytes: &[u8]) -> Result<Saved> {
        self.job.save(template, extension, bytes)
    }

    /// The network of those weights on that device, which the host holds from call to call as long as there is
    /// room; `read` gives it and its bytes where it does not.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn model<T: Send + Sync + 'static>(
        &self,
        weights: Digest,
        device: &Device,
        read: impl FnOnce() -> Result<(T, u64)>,
    ) -> Result<Arc<T>> {
        match self.job.models() {
            Some(models) => models.get(key_of::<T>(weights, device), read),
            None => read().map(|(model, _)| Arc::new(model)),
        }
    }

    /// The side of tiles for work that can be done in tiles: `most`, or half of it as often as it takes until the
    /// `bytes` that such a tile wants fit what is free of the adapter's memory, but not less than `least`. Where it
    /// is less than `most`, the log says so.
    pub fn tile(&self, (least, most): (usize, usize), bytes: impl Fn(usize) -> u64) -> usize {
        let taken = memory(&self.device).map(|memory| memory.used);
        let Some((all, taken)) = self.job.device_bytes().zip(taken) else {
            return most;
        };
        let free = all.saturating_sub(taken);
        let mut side = most;
        while side / 2 >= least && bytes(side) > free {
            side /= 2;
        }
        if side < most {
            let (wanted, given) = (bytes(most), bytes(side));
            let line = format!(
                "tiles of {side} instead of {most}: {wanted} bytes would be needed, {free} are free, these need {given}"
            );
            self.log(LogLevel::Info, &line);
        }
        side
    }

    /// The network of those weights on that device, as [`Context::model`] has it; where an adapter's memory is short, it
    /// waits in the memory of the host for its next use.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn network<N: Module + Send + Sync + 'static>(
        &self,
        weights: Digest,
        device: &Device,
        read: impl FnOnce() -> Result<N>,
    ) -> Result<Arc<N>> {
        match self.job.models() {
            Some(models) => models.network(key_of::<N>(weights, device), device, read),
            None => read().map(Arc::new),
        }
    }

    /// What a saved picture should remember of its making; `None` outside a graph.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.job.provenance()
    }
}

fn key_of<T>(weights: Digest, device: &Device) -> Digest {
    Hasher::new(std::any::type_name::<T>())
        .digest(&weights)
        .field(format!("{device:?}").as_bytes())
        .finish()
}

/// A job without a host, to call a node directly: never cancelled, reports nothing, writes nothing.
#[derive(Debug, Default)]
pub struct Detached;

impl Job for Detached {
    fn is_cancelled(&self) -> bool {
        false
    }
    fn step(&self, _: u64, _: u64) {}
    fn preview(&self, _: &Image) {}
    fn save(&self, template: &str, _: &str, _: &[u8]) -> Result<Saved> {
        Err(Error::Io(format!(
            "a node that is called outside a graph cannot write files: {template}"
        )))
    }
    fn provenance(&self) -> Option<&Provenance> {
        None
    }
}

impl Context {
    /// A context without a host, to call a node directly.
    pub fn detached(device: Device) -> Self {
        Self::new(device, Arc::new(Detached))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use weft_tensor::is_gpu;
    use weft_testing::for_each_device;

    use super::*;

    const KIB: u64 = 1 << 10;

    /// So many bytes of an adapter, and what was said.
    struct Told(u64, Mutex<Vec<String>>);

    impl Job for Told {
        fn is_cancelled(&self) -> bool {
            false
        }
        fn step(&self, _: u64, _: u64) {}
        fn preview(&self, _: &Image) {}
        fn save(&self, _: &str, _: &str, _: &[u8]) -> Result<Saved> {
            Err(Error::Cancelled)
        }
        fn log(&self, _: LogLevel, line: &str) {
            self.1.lock().unwrap().push(line.to_owned());
        }
        fn provenance(&self) -> Option<&Provenance> {
            None
        }
        fn device_bytes(&self) -> Option<u64> {
            Some(self.0)
        }
    }

    #[test]
    fn tiles_are_halved_until_they_fit_the_adapter_and_it_is_said() {
        for_each_device(|device| {
            let side_of = |free: u64, least: usize| {
                let taken = memory(device).map_or(0, |memory| memory.used);
                let job = Arc::new(Told(taken + free, Mutex::default()));
                let context = Context::new(device.clone(), job.clone());
                let side = context.tile((least, 1024), |side| (side * side) as u64 * KIB);
                (side, job.1.lock().unwrap().len())
            };
            if !is_gpu(device) {
                return assert_eq!(side_of(0, 64), (1024, 0));
            }
            // A little more or less, since other tests take memory as well.
            let little = 1 << 24;
            assert_eq!(side_of((1 << 30) + little, 64), (1024, 0));
            assert_eq!(side_of((1 << 30) - little, 64), (512, 1));
            assert_eq!(side_of((1 << 26) + little, 64), (256, 1));
            assert_eq!(side_of(0, 64), (64, 1));
            assert_eq!(side_of(0, 100), (128, 1));
        });
    }
}
