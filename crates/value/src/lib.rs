//! What travels on a wire: pictures, masks, text, numbers, lists. The set is open: a type of value is one
//! `impl Value`, here or in any pack, and nothing enumerates them.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod any;
mod call;
mod choice;
mod color;
mod convert;
mod digest;
mod file;
mod image;
pub mod instruction;
mod mask;
mod port;
mod product;
mod saved;
mod scalar;
mod stored;

pub use any::{AnyValue, Value, ValueType};
pub use call::Call;
pub use choice::Worded;
pub use color::Color;
pub use convert::{CONVERSIONS, convert};
pub use digest::{Digest, Hasher};
pub use file::{File, Folder, natural_order};
pub use image::{ColorSpace, Image};
pub use instruction::Instruction;
pub use mask::Mask;
pub use port::Port;
pub use product::Product;
pub use saved::Saved;
pub use scalar::Seed;
pub use stored::{Decode, Encode, Malformed};
pub use weft_hub::{Transfer, WEIGHTS, belonging, stop_fetching, tell_transfers};
pub use weft_spec::{Choice, IntoLiteral, List};
pub use weft_tensor::Mapped;

/// The types of this crate, for the list of every type a program knows.
pub const TYPES: &[ValueType] = &[
    ValueType::of::<bool>(),
    ValueType::of::<i64>(),
    ValueType::of::<f64>(),
    ValueType::of::<String>(),
    ValueType::of::<Seed>(),
    ValueType::of::<Color>(),
    ValueType::of::<File>(),
    ValueType::of::<Folder>(),
    ValueType::of::<Image>(),
    ValueType::of::<Mask>(),
    ValueType::of::<Saved>(),
    ValueType::of::<Instruction>(),
];
