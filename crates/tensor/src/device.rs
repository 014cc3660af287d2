//! Which device a run computes on.

use std::{fmt, str::FromStr};

use burn::tensor::Device;
use thiserror::Error;

use crate::adapter;

/// Which device the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// A real GPU if there is one, else the CPU; never a software adapter.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The first adapter, or the one of that index; a software one too.
    Gpu(Option<usize>),
}

/// Reads `auto`, `cpu`, `gpu` or `gpu:1`.
impl FromStr for DeviceChoice {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, DeviceError> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "gpu" => Ok(Self::Gpu(None)),
            _ => match text.strip_prefix("gpu:").map(str::parse) {
                Some(Ok(index)) => Ok(Self::Gpu(Some(index))),
                _ => Err(DeviceError::Unknown(text.to_owned())),
            },
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Gpu(None) => f.write_str("gpu"),
            Self::Gpu(Some(index)) => write!(f, "gpu:{index}"),
        }
    }
}

/// Why a device cannot be used.
#[derive(Debug, Error)]
pub enum DeviceError {
    /// The choice is not one.
    #[error("`{0}` is no device; use auto, cpu, gpu or gpu:0")]
    Unknown(String),
    /// There is no adapter of that index.
    #[error(
        "there is no adapter {wanted}; this machine has {found} (`weft doctor` lists them): take one of those, or --device cpu"
    )]
    Absent {
        /// The index asked for.
        wanted: usize,
        /// How many adapters there are.
        found: usize,
    },
    /// The adapter did not open.
    #[error("adapter {name} cannot be opened: {why}")]
    Open {
        /// Its name.
        name: String,
        /// What the driver said.
        why: String,
    },
}

/// The device of a run, with the reason it was taken.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The device.
    pub device: Device,
    /// Its name, for people.
    pub name: String,
    /// Why this one.
    pub why: String,
    /// Bytes of its own memory, if it is an adapter whose driver says.
    pub memory_bytes: Option<u64>,
}

/// Opens the device that the user wants.
///
/// # Errors
/// The adapter that was asked for is not there or does not open. `Auto` does not fail: a GPU that does
/// not open is named in [`Chosen::why`], and the CPU is used.
pub fn choose(choice: DeviceChoice) -> Result<Chosen, DeviceError> {
    match choice {
        DeviceChoice::Cpu => Ok(cpu("asked for")),
        DeviceChoice::Gpu(index) => gpu(index.unwrap_or(0)),
        DeviceChoice::Auto => Ok(auto()),
    }
}

/// Whether tensors of the device lie on a graphics adapter.
pub fn is_gpu(device: &Device) -> bool {
    *device != Device::flex() && adapter::number(device).is_some()
}

fn cpu(why: &str) -> Chosen {
    Chosen {
        device: Device::flex(),
        name: "CPU".to_owned(),
        why: why.to_owned(),
        memory_bytes: None,
    }
}

fn gpu(index: usize) -> Result<Chosen, DeviceError> {
    let instance = wgpu::Instance::default();
    let adapters = adapter::listed(&instance);
    let absent = DeviceError::Absent {
        wanted: index,
        found: adapters.len(),
    };
    let adapter = adapters.into_iter().nth(index).ok_or(absent)?;
    Ok(Chosen {
        device: adapter.open(instance)?,
        name: adapter.name,
        why: "asked for".to_owned(),
        memory_bytes: adapter.memory_bytes,
    })
}

fn auto() -> Chosen {
    let instance = wgpu::Instance::default();
    let Some(adapter) = adapter::listed(&instance)
        .into_iter()
        .find(adapter::Adapter::is_real)
    else {
        return cpu("no real GPU was found");
    };
    match adapter.open(instance) {
        Ok(device) => Chosen {
            device,
            name: adapter.name,
            why: "the first real GPU".to_owned(),
            memory_bytes: adapter.memory_bytes,
        },
        Err(error) => cpu(&error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_they_are_written() {
        for choice in [
            DeviceChoice::Auto,
            DeviceChoice::Cpu,
            DeviceChoice::Gpu(None),
            DeviceChoice::Gpu(Some(3)),
        ] {
            assert_eq!(choice.to_string().parse::<DeviceChoice>().unwrap(), choice);
        }
        assert!("gpu:x".parse::<DeviceChoice>().is_err());
        assert!("cuda".parse::<DeviceChoice>().is_err());
    }

    #[test]
    fn the_cpu_is_always_there() {
        assert_eq!(choose(DeviceChoice::Cpu).unwrap().name, "CPU");
    }

    #[test]
    fn an_absent_adapter_is_an_error() {
        assert!(matches!(
            choose(DeviceChoice::Gpu(Some(999))),
            Err(DeviceError::Absent { wanted: 999, .. })
        ));
    }
}
