//! Device choice and the fast paths that burn lacks.

mod adapter;
mod device;

pub use adapter::{Adapter, AdapterKind, adapters};
pub use device::{Chosen, DeviceChoice, DeviceError, choose};
