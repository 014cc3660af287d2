//! The same test on every device of this machine.

use std::{
    io::{self, Write},
    sync::OnceLock,
};

use burn::tensor::Device;
use weft_tensor::{Chosen, DeviceChoice, DeviceError, choose};

/// Runs a test on the CPU, and on the first graphics adapter if there is one, a software one too. That no
/// adapter was there is said even where the output of passing tests is not shown.
///
/// # Panics
/// An adapter is there and does not open.
pub fn for_each_device(mut test: impl FnMut(&Device)) {
    test(&Device::flex());
    match adapter() {
        Some(gpu) => test(&gpu.device),
        None => {
            // `eprintln!` would be kept back with the rest of a passing test.
            let _ = writeln!(io::stderr(), "skipped: no wgpu adapter");
        }
    }
}

/// The first adapter, opened once.
fn adapter() -> Option<&'static Chosen> {
    static ADAPTER: OnceLock<Option<Chosen>> = OnceLock::new();
    let open = || match choose(DeviceChoice::Gpu(None)) {
        Ok(chosen) => Some(chosen),
        Err(DeviceError::Absent { .. }) => None,
        Err(error) => panic!("{error}"),
    };
    ADAPTER.get_or_init(open).as_ref()
}
