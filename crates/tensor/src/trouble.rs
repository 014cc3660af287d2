//! What goes wrong on a graphics adapter while something is computed: it is heard here, and becomes the failure of who
//! computed, not the end of the program.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::tensor::Device;
use thiserror::Error;

use crate::{adapter, memory::memory};

/// Why a graphics adapter did not compute what it was asked to.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Trouble {
    /// It has no more memory.
    #[error("the adapter has no memory left: {0}")]
    Memory(String),
    /// It is gone: taken out, reset by its driver, or stopped for taking too long. It does not come back in this
    /// process.
    #[error("the adapter was lost ({0}); start again, or compute with `--device cpu`")]
    Lost(String),
    /// It refuses what it was given.
    #[error("the adapter refuses what it was given: {0}")]
    Refused(String),
}

/// Everything that went wrong on one adapter so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Troubles(Arc<Mutex<Vec<Trouble>>>);

/// Troubles that are kept of one adapter; one that comes after them is told as the last of them.
const KEPT: usize = 1 << 10;

impl Troubles {
    /// Hears from now on what goes wrong on the device.
    pub(crate) fn watch(&self, device: &wgpu::Device) {
        let lost = self.clone();
        device.set_device_lost_callback(move |why, said| {
            lost.add(Trouble::Lost(format!("{why:?}: {said}")));
        });
        let wrong = self.clone();
        device.on_uncaptured_error(Arc::new(move |error| {
            wrong.add(match &error {
                wgpu::Error::OutOfMemory { .. } => Trouble::Memory(error.to_string()),
                _ => Trouble::Refused(error.to_string()),
            });
        }));
    }

    fn all(&self) -> MutexGuard<'_, Vec<Trouble>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, trouble: Trouble) {
        let mut all = self.all();
        if all.len() < KEPT {
            all.push(trouble);
        }
    }

    /// The first since there were `count`; that the adapter is lost stays true and comes first.
    fn since(&self, count: usize) -> Option<Trouble> {
        let all = self.all();
        let lost = all.iter().find(|it| matches!(it, Trouble::Lost(_)));
        lost.or_else(|| {
            all.get(count.min(all.len().saturating_sub(1)))
                .filter(|_| all.len() > count)
        })
        .cloned()
    }
}

/// Work on a device, watched: see [`Watch::settle`].
#[derive(Debug)]
pub struct Watch {
    device: Device,
    troubles: Option<(Troubles, usize)>,
}

impl Watch {
    /// Watches what is computed on the device from now on. On the CPU there is nothing to watch.
    pub fn new(device: &Device) -> Self {
        let troubles = adapter::opened(device).map(|opened| {
            let count = opened.troubles.all().len();
            (opened.troubles, count)
        });
        Self {
            device: device.clone(),
            troubles,
        }
    }

    /// Waits until the device has done all it was given.
    ///
    /// # Errors
    /// What went wrong on it meanwhile. What somebody else computed there at the same time counts too, since nobody
    /// can tell whose it was; so nobody goes on with a result that is not one.
    pub fn settle(&self) -> Result<(), Trouble> {
        let Some((troubles, count)) = &self.troubles else {
            return Ok(());
        };
        let done = self.device.sync();
        if let Some(trouble) = troubles.since(*count) {
            return Err(trouble);
        }
        done.map_err(|error| {
            let said = error.to_string();
            // What burn itself refuses to allocate never comes to the adapter.
            if said.contains("memory") || said.contains("too big") || said.contains("BufferTooBig")
            {
                let used = memory(&self.device).map_or(0, |memory| memory.reserved);
                Trouble::Memory(format!("{said} ({used} bytes are taken)"))
            } else {
                Trouble::Refused(said)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use burn::tensor::Tensor;
    use weft_testing::for_each_device;

    use super::*;
    use crate::is_gpu;

    #[test]
    fn what_does_not_fit_the_adapter_is_a_trouble_and_it_goes_on() {
        for_each_device(|device| {
            if !is_gpu(device) {
                return;
            }
            let watch = Watch::new(device);
            // 64 GiB, of which nothing is written or read on the host.
            let made = std::panic::catch_unwind(|| {
                Tensor::<4>::zeros([1, 4, 1 << 16, 1 << 16], device) + 1.0
            });
            let settled = watch.settle();
            assert!(
                matches!(settled, Err(Trouble::Memory(_))),
                "{settled:?}, {:?}",
                made.is_ok()
            );
            drop(made);
            let watch = Watch::new(device);
            let two = Tensor::<1>::ones([4], device) + 1.0;
            assert_eq!(watch.settle(), Ok(()));
            assert_eq!(two.into_data().try_into_vec::<f32>().unwrap(), [2.0; 4]);
        });
    }

    #[test]
    fn a_lost_adapter_is_told_and_ends_nothing() {
        let name = "trouble::tests::child_that_loses_its_adapter";
        let child = Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--ignored", "--nocapture"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success(), "{said}");
    }

    #[test]
    #[ignore = "run by the test above in a process of its own, since no adapter is left after it"]
    fn child_that_loses_its_adapter() {
        for_each_device(|device| {
            let watch = Watch::new(device);
            let Some(opened) = adapter::opened(device) else {
                return assert_eq!(watch.settle(), Ok(()));
            };
            let x = Tensor::<1>::ones([4], device) + 1.0;
            opened.device.destroy();
            let x = std::panic::catch_unwind(|| x * 2.0);
            assert!(
                matches!(watch.settle(), Err(Trouble::Lost(_))),
                "{:?}",
                x.is_ok()
            );
            // And so for whoever comes later.
            let later = Watch::new(device);
            assert!(matches!(later.settle(), Err(Trouble::Lost(_))));
        });
    }
}
