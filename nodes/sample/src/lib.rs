//! The pack that draws pictures from instructions.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod load_instruct_model;
mod model;
mod reference;
mod sample_instruct;
mod ways;

#[cfg(test)]
mod tests;

pub use load_instruct_model::LoadInstructModel;
pub use model::InstructModel;
pub use sample_instruct::SampleInstruct;
pub use ways::Sigmas;
pub use weft_diffusion::Sampler;

use weft_node::{Pack, node, value::ValueType};

/// Diffusion samplers.
pub const PACK: Pack = Pack::new(
    "sample",
    &[node::<LoadInstructModel>(), node::<SampleInstruct>()],
)
.with_types(&[ValueType::of::<InstructModel>()]);
