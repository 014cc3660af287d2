//! The arithmetic of diffusion networks on slices of numbers, as fast as this processor does it.
#![allow(
    unsafe_code,
    reason = "vector and tile instructions, and writes from several threads into one output"
)]

mod activation;
#[cfg(target_arch = "x86_64")]
mod amx;
mod attention;
mod bias;
mod conv;
mod error;
mod gemm;
mod isa;
mod norm;
mod optimizer;
mod resize;
mod threads;
mod vector;

pub use activation::{
    geglu, geglu_grad, gelu, gelu_grad, gelu_in_place, gelu_tanh, gelu_tanh_grad,
    gelu_tanh_in_place, silu, silu_grad, silu_in_place,
};
pub use attention::{
    AttentionGrads, AttentionInputs, AttentionMask, AttentionOutcome, AttentionShape, Heads,
    HeadsMut, attention, attention_grad,
};
pub use bias::{add, add_bias_channels, add_bias_channels_grad};
pub use conv::{
    ConvShape, ConvWeight, conv2d, conv2d_bias_grad, conv2d_input_grad, conv2d_weight_grad,
};
pub use error::ShapeError;
pub use gemm::{
    BatchShape, Matrix, Packed, column_sums, linear, linear_input_grad, linear_weight_grad, matmul,
    matmul_batched,
};
pub use isa::{Isa, Precision};
pub use norm::{
    Affine, GroupNormShape, LayerNormShape, NormGrads, Normed, Stats, group_norm_silu,
    group_norm_silu_grad, group_norm_silu_in_place, layer_norm, layer_norm_grad,
};
pub use optimizer::{AdamW, AdamWState, adamw_step, ema_step, sum_of_squares};
pub use resize::{upsample_nearest2, upsample_nearest2_grad};
