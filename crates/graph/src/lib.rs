//! RON text to Document to Graph, with diagnostics, formatting, diff and drawings.
//!
//! [`read`] takes a text to a [`Document`], [`check`] takes that to a [`Graph`]. Neither needs tensors, models
//! or a node that could run: kinds and types are words of a [`weft_spec::Registry`].

mod check;
mod diff;
mod document;
mod draw;
mod files;
mod fmt;
mod given;
mod graph;
mod problem;
mod rows;
mod text;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod scale;

pub use check::{check, check_without_values, load};
pub use diff::{Change, diff};
pub use document::{Document, read};
pub use draw::{to_dot, to_mermaid, to_svg};
pub use files::{DiskFiles, Files};
pub use fmt::fmt;
pub use given::Given;
pub use graph::{Argument, CallArgument, Graph, InputValue, Node, OutputValue};
pub use problem::{Problem, Problems};
pub use rows::{InputRow, read_rows};
pub use text::part::part_of_text;
