//! What makes kernels.

use weft_tensor::{compiler, is_gpu};
use weft_testing::for_each_device;

#[test]
fn adapters_get_wgsl_unless_the_program_was_built_for_spirv() {
    for_each_device(|device| {
        let wanted = if cfg!(feature = "spirv") {
            "wgpu<spirv>"
        } else {
            "wgpu<wgsl>"
        };
        assert_eq!(compiler(device), is_gpu(device).then_some(wanted));
    });
}
