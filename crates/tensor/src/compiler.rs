//! Which compiler makes kernels of burn's operations on an adapter.

use std::path::Path;

use burn::tensor::{Device, Tensor};

use crate::look::on_adapter;

/// The compiler that burn's operations go through on the device, such as `wgpu<wgsl>`; `None` on the CPU.
///
/// WGSL is what every adapter takes, a software one too. SPIR-V, with the feature `spirv`, is for real cards.
pub fn compiler(device: &Device) -> Option<&'static str> {
    on_adapter(&Tensor::<1>::empty([1], device), |x| x.client.name())
}

/// Keeps below `folder` which kernels an adapter computed fastest with, for the next start; nothing is measured, and so
/// nothing kept, by a program without the feature `tuned`.
pub fn keep_choices_in(folder: &Path) {
    #[cfg(feature = "tuned")]
    {
        use burn_cubecl::cubecl::{
            config::{CubeClRuntimeConfig, RuntimeConfig},
            environment,
        };
        // The settings say a folder as well, when they are first read.
        CubeClRuntimeConfig::get();
        environment::set_root(folder);
    }
    #[cfg(not(feature = "tuned"))]
    let _ = folder;
}
