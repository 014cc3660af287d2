//! Device choice and the fast paths that burn lacks.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod activation;
mod adapter;
mod attention;
mod compiler;
mod conv;
mod copies;
mod device;
mod flex;
mod half;
mod launches;
mod linear;
mod look;
mod mapped;
mod matmul;
mod memory;
mod norm;
mod numbers;
mod optional;
mod packed;
mod plain;
mod shader;
mod trouble;
mod upsample;

pub use weft_kernels::Precision;

pub use activation::{geglu, gelu, silu};
pub use adapter::{Adapter, AdapterKind, adapters, close};
pub use attention::attention;
pub use compiler::{compiler, keep_choices_in};
pub use conv::{ConvOptions, conv2d, conv2d_weight};
pub use copies::{
    Copies, Crossed, constant, counted, downloaded, floats, moved, network, uploaded, weights,
};
pub use device::{Chosen, DeviceChoice, DeviceError, choose, is_gpu};
pub use half::{has_f16, set_f16};
pub use launches::launches;
pub use linear::{linear, linear_weight};
pub use mapped::Mapped;
pub use matmul::matmul;
pub use memory::{Memory, give_back, memory};
pub use norm::{group_norm_silu, layer_norm};
pub use numbers::Numbers;
pub use packed::{packed_bytes, set_packed_limit, sweep_packed};
pub use shader::{Extent, Shader, ShaderError, ShaderFailure};
pub use trouble::{Trouble, Watch, computed};
pub use upsample::upsample_nearest2;
