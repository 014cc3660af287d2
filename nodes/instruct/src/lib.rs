//! The pack of multi-modal instructions: a text with markers, and the pictures that the markers stand for.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod describe_instruction;
mod instruction;
mod instruction_template;
mod reference;

#[cfg(test)]
mod tests;

pub use describe_instruction::DescribeInstruction;
pub use instruction::Instruction;
pub use instruction_template::InstructionTemplate;
pub use reference::Reference;

use weft_node::{Pack, node, value::ValueType};

/// Multi-modal instructions.
pub const PACK: Pack = Pack::new(
    "instruct",
    &[
        node::<DescribeInstruction>(),
        node::<Instruction>(),
        node::<InstructionTemplate>(),
    ],
)
.with_types(&[ValueType::of::<Reference>()]);
