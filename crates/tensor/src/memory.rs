//! The memory of a graphics adapter.

use burn::tensor::Device;

use crate::is_gpu;

/// How much of an adapter's memory is taken by this program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Bytes of tensors.
    pub used: u64,
    /// Bytes that are taken from the adapter, for tensors and for those to come.
    pub reserved: u64,
}

/// How much of the adapter's memory is taken; `None` on the CPU.
pub fn memory(device: &Device) -> Option<Memory> {
    let usage = is_gpu(device).then(|| device.memory_pool_usage())??;
    Some(Memory {
        used: usage.bytes_in_use,
        reserved: usage.bytes_reserved,
    })
}

/// Gives memory that no tensor needs back to the adapter.
pub fn give_back(device: &Device) {
    if is_gpu(device) {
        device.memory_cleanup();
    }
}
