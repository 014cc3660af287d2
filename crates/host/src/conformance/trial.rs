//! One node, to be tried.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use burn::tensor::Device;
use weft_node::{Context, Error, Job, Kind, NodeSpec, Provenance, Result, Values};
use weft_tensor::floats;
use weft_value::{AnyValue, Image, Saved};

use super::inputs::Sample;
use crate::{isolate::Isolated, memory::resident, native::PANICKED};

/// One node, to be tried.
pub(super) struct Trial<'a> {
    pub(super) kind: &'a dyn Kind,
    pub(super) spec: NodeSpec,
    /// Its processes, if it runs in some.
    pub(super) isolated: Option<&'a Isolated>,
    pub(super) device: Device,
}

/// How a call ended.
pub(super) enum Ended {
    Gave(Vec<AnyValue>),
    /// With an error of its own, which is its right.
    Failed(String),
    Cancelled,
    /// With a panic, a crash, or outputs that it did not promise.
    Crashed(String),
}

/// A run that is cancelled at a time.
struct Deadline(Instant);

impl Job for Deadline {
    fn is_cancelled(&self) -> bool {
        Instant::now() >= self.0
    }
    fn step(&self, _: u64, _: u64) {}
    fn preview(&self, _: &Image) {}
    fn save(&self, template: &str, _: &str, _: &[u8]) -> Result<Saved> {
        Err(Error::Io(format!(
            "nothing is written in a trial: {template}"
        )))
    }
    fn provenance(&self) -> Option<&Provenance> {
        None
    }
}

impl Trial<'_> {
    /// Runs the node with a sample.
    pub(super) fn run(&self, sample: &Sample) -> Ended {
        self.run_cancelled(sample, super::ENOUGH).0
    }

    /// Runs the node with a sample, in a run that is cancelled after `time`; how long it took.
    pub(super) fn run_cancelled(&self, sample: &Sample, time: Duration) -> (Ended, Duration) {
        match self.values(sample) {
            Ok(values) => {
                let start = Instant::now();
                let ended = self.go(values, start + time);
                (ended, start.elapsed())
            }
            Err(why) => (Ended::Failed(why), Duration::ZERO),
        }
    }

    fn values(&self, sample: &Sample) -> Result<Values, String> {
        let mut values = Values::default();
        for port in &self.spec.inputs {
            let value = sample.value(self.kind, port, &self.device);
            if let Some(value) = value.map_err(|why| format!("`{}`: {why}", port.name))? {
                values.put(&port.name, value);
            }
        }
        Ok(values)
    }

    fn go(&self, mut values: Values, deadline: Instant) -> Ended {
        let mut context = Context::new(self.device.clone(), Arc::new(Deadline(deadline)));
        let run = AssertUnwindSafe(|| self.kind.run(&mut values, &mut context));
        match catch_unwind(run) {
            Ok(Ok(given)) => Ended::Gave(given),
            Ok(Err(Error::Cancelled)) => Ended::Cancelled,
            Ok(Err(error)) => {
                let message = error.to_string();
                let is_fault = [
                    PANICKED,
                    "its process",
                    "without a step",
                    "gave no output",
                    "did not say why",
                ];
                if is_fault.iter().any(|fault| message.contains(fault)) {
                    Ended::Crashed(message)
                } else {
                    Ended::Failed(message)
                }
            }
            Err(_) => Ended::Crashed("it panicked".to_owned()),
        }
    }

    /// What a sample does to the node that none should; an error with a reason is no harm.
    pub(super) fn harm(&self, sample: &Sample) -> Option<String> {
        match self.run(sample) {
            Ended::Crashed(how) => Some(how),
            Ended::Gave(given) if !sample.picture.is_wild => {
                let wild = |(value, port): (&AnyValue, &weft_spec::OutputSpec)| {
                    is_wild(value).then(|| format!("`{}` has numbers that are none", port.name))
                };
                given.iter().zip(&self.spec.outputs).find_map(wild)
            }
            _ => None,
        }
    }

    /// Memory of the process that the node runs in, in bytes; `None` where the system does not tell.
    pub(super) fn memory(&self) -> Option<u64> {
        match self.isolated {
            Some(isolated) => isolated.resident(),
            None => resident(std::process::id()),
        }
    }
}

/// Whether a picture has numbers that are none, or infinite ones.
fn is_wild(value: &AnyValue) -> bool {
    if let Some(items) = value.items() {
        return items.iter().any(is_wild);
    }
    let tensor = match (value.get::<Image>(), value.get::<weft_value::Mask>()) {
        (Some(image), _) => image.pixels(),
        (_, Some(mask)) => mask.coverage(),
        _ => return false,
    };
    let numbers = floats(tensor).unwrap_or_default();
    numbers.iter().any(|number| !number.is_finite())
}
