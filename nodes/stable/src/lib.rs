//! The pack that draws with Stable Diffusion: its checkpoints, texts, latents and what leads it.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod apply_control_net;
mod apply_ip_adapter;
mod blend_latent;
mod both;
mod chunks;
mod conditioning;
mod control;
mod decode_latent;
mod denoiser;
mod empty_latent;
mod encode_image;
mod encode_latent;
mod encode_text;
mod encoders;
mod folder;
mod guides;
mod inpaint_condition;
mod instruct_to_controls;
mod latent;
mod latent_upscale;
mod load_checkpoint;
mod load_control_net;
mod load_embedding;
mod load_ip_adapter;
mod load_lora;
mod load_vae;
mod model;
mod pictures;
mod plan;
mod preview;
mod prompt;
mod sample;
mod single;
mod source;
mod tiles;
mod vae;

#[cfg(test)]
mod tests;

pub use apply_control_net::ApplyControlNet;
pub use apply_ip_adapter::ApplyIpAdapter;
pub use blend_latent::BlendLatent;
pub use conditioning::Conditioning;
pub use control::ControlNet;
pub use decode_latent::DecodeLatent;
pub use empty_latent::EmptyLatent;
pub use encode_image::EncodeImage;
pub use encode_latent::EncodeLatent;
pub use encode_text::EncodeText;
pub use encoders::TextEncoders;
pub use inpaint_condition::{InpaintCondition, Painting};
pub use instruct_to_controls::{Controls, InstructToControls, Lacking};
pub use latent::Latent;
pub use latent_upscale::{LatentFilter, LatentUpscale};
pub use load_checkpoint::{Checkpoint, LoadCheckpoint, Predicts};
pub use load_control_net::LoadControlNet;
pub use load_embedding::LoadEmbedding;
pub use load_ip_adapter::LoadIpAdapter;
pub use load_lora::{Adapted, LoadLora};
pub use load_vae::{LatentScale, LoadVae};
pub use model::StableModel;
pub use pictures::{IpAdapter, PictureTokens};
pub use sample::Sample;
pub use vae::Vae;
pub use weft_diffusion::{Sampler, Schedule};

use weft_node::{Pack, node, value::ValueType};

/// Stable Diffusion.
pub const PACK: Pack = Pack::new(
    "stable",
    &[
        node::<LoadCheckpoint>(),
        node::<LoadVae>(),
        node::<LoadLora>(),
        node::<LoadEmbedding>(),
        node::<LoadControlNet>(),
        node::<LoadIpAdapter>(),
        node::<EncodeText>(),
        node::<EncodeImage>(),
        node::<EmptyLatent>(),
        node::<Sample>(),
        node::<ApplyControlNet>(),
        node::<ApplyIpAdapter>(),
        node::<InstructToControls>(),
        node::<DecodeLatent>(),
        node::<EncodeLatent>(),
        node::<InpaintCondition>(),
        node::<LatentUpscale>(),
        node::<BlendLatent>(),
    ],
)
.with_types(&[
    ValueType::of::<StableModel>(),
    ValueType::of::<TextEncoders>(),
    ValueType::of::<Vae>(),
    ValueType::of::<ControlNet>(),
    ValueType::of::<IpAdapter>(),
    ValueType::of::<PictureTokens>(),
    ValueType::of::<Conditioning>(),
    ValueType::of::<Latent>(),
]);
