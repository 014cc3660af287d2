//! What goes wrong on a graphics adapter while something is computed: it is heard here, and becomes the failure of who
//! computed, not the end of the program.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use burn::tensor::{Device, Tensor};
use thiserror::Error;

use crate::{adapter, look::on_adapter, memory::memory};

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
    adapter: Option<Watched>,
}

#[derive(Debug)]
struct Watched {
    device: wgpu::Device,
    troubles: Troubles,
    /// How many there were before.
    count: usize,
}

/// How often, a millisecond apart, it is asked whether the adapter was lost, once it has refused something: that it was
/// is told a little later than what could not be done any more.
const ASKED: u32 = 50;

impl Watched {
    fn trouble(&self) -> Option<Trouble> {
        self.troubles.since(self.count)
    }

    /// What lies behind a refusal.
    fn behind(&self, refused: Trouble) -> Trouble {
        for _ in 0..ASKED {
            // Its answer is whether there is work left, which nobody asks.
            let _ = self.device.poll(wgpu::PollType::Poll);
            if let Some(lost @ Trouble::Lost(_)) = self.trouble() {
                return lost;
            }
            thread::sleep(Duration::from_millis(1));
        }
        refused
    }
}

impl Watch {
    /// Watches what is computed on the device from now on. On the CPU there is nothing to watch.
    pub fn new(device: &Device) -> Self {
        let adapter = adapter::opened(device).map(|opened| {
            let count = opened.troubles.all().len();
            Watched {
                device: opened.device,
                troubles: opened.troubles,
                count,
            }
        });
        Self {
            device: device.clone(),
            adapter,
        }
    }

    /// Waits until the device has done all it was given.
    ///
    /// # Errors
    /// What went wrong on it meanwhile. What somebody else computed there at the same time counts too, since nobody
    /// can tell whose it was; so nobody goes on with a result that is not one.
    pub fn settle(&self) -> Result<(), Trouble> {
        let Some(watched) = &self.adapter else {
            return Ok(());
        };
        let done = self.device.sync();
        let said = || {
            done.err()
                .map(|error| told(&error.to_string(), &self.device))
        };
        match watched.trouble().or_else(said) {
            None => Ok(()),
            Some(refused @ Trouble::Refused(_)) => Err(watched.behind(refused)),
            Some(trouble) => Err(trouble),
        }
    }
}

/// Whether the numbers of a tensor were computed; what went wrong on the way to them goes with them until somebody asks.
/// Asked after [`Watch::settle`], the answer is final. Nothing is read back.
///
/// # Errors
/// What kept them from being computed.
pub fn computed<const D: usize>(tensor: &Tensor<D>) -> Result<(), Trouble> {
    let failed = on_adapter(tensor, |x| x.client.check([&x.handle]).err());
    match failed.flatten() {
        Some(error) => Err(told(&error.to_string(), &tensor.device())),
        None => Ok(()),
    }
}

/// What burn said, as a trouble.
fn told(said: &str, device: &Device) -> Trouble {
    const SIZE: &str = "can't allocate buffer of size: ";
    let size = said.split_once(SIZE).map(|(_, rest)| {
        let digits = rest.chars().take_while(char::is_ascii_digit);
        digits.collect::<String>()
    });
    let taken = memory(device).map_or(0, |memory| memory.reserved);
    match size {
        Some(size) => Trouble::Memory(format!(
            "a tensor of {size} bytes does not fit, {taken} bytes are taken"
        )),
        None if said.contains("out of memory") || said.contains("OutOfMemory") => {
            Trouble::Memory(format!("{said}; {taken} bytes are taken"))
        }
        None => Trouble::Refused(said.to_owned()),
    }
}
