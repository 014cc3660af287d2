//! Device choice and the fast paths that burn lacks.

mod activation;
mod adapter;
mod attention;
mod conv;
mod device;
mod flex;
mod linear;
mod mapped;
mod matmul;
mod norm;
mod numbers;
mod optional;
mod packed;
mod plain;
mod shader;
mod upsample;

pub use weft_kernels::Precision;

pub use activation::{geglu, gelu, silu};
pub use adapter::{Adapter, AdapterKind, adapters};
pub use attention::attention;
pub use conv::{ConvOptions, conv2d};
pub use device::{Chosen, DeviceChoice, DeviceError, choose};
pub use linear::linear;
pub use mapped::Mapped;
pub use matmul::matmul;
pub use norm::{group_norm_silu, layer_norm};
pub use numbers::Numbers;
pub use packed::{packed_bytes, set_packed_limit};
pub use shader::{Shader, ShaderError, ShaderFailure};
pub use upsample::upsample_nearest2;
