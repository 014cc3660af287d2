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
mod launches;
mod linear;
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
pub use adapter::{Adapter, AdapterKind, adapters};
pub use attention::attention;
pub use compiler::compiler;
pub use conv::{ConvOptions, conv2d};
pub use copies::{
    Copies, Crossed, constant, counted, downloaded, floats, moved, uploaded, weights,
};
pub use device::{Chosen, DeviceChoice, DeviceError, choose, is_gpu};
pub use launches::launches;
pub use linear::linear;
pub use matmul::matmul;
pub use memory::{Memory, give_back, memory};
pub use norm::{group_norm_silu, layer_norm};
pub use numbers::Numbers;
pub use packed::{packed_bytes, set_packed_limit};
pub use shader::{Extent, Shader, ShaderError, ShaderFailure};
pub use trouble::{Trouble, Watch};
pub use upsample::upsample_nearest2;
