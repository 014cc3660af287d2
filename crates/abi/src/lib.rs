//! The C boundary between Weft and its plugins, used by both sides.
//!
//! A plugin is a shared library that exports one function, [`ENTRY`]. Host and plugin hand each other a [`Table`]: its
//! size and the number of this boundary first, then one function that finds others by id. What the ids of the host mean
//! is in [`host`], what those of a plugin mean in [`plugin`]. A table may grow and ids may be added without a new number;
//! [`ABI`] changes when something that is there changes.
//!
//! Nothing of the host's memory crosses but texts and pixels: calls and values are numbers that the host looks up, so a
//! wrong one is an error and not a crash. No panic crosses either side.

pub mod describe;
pub mod host;
pub mod plugin;
mod status;
mod table;
mod types;

pub use describe::{DescribeError, Described};
pub use status::Status;
pub use table::{ABI, ENTRY, Entry, Find, Function, Table};
pub use types::{Call, Kind, Level, Program, Shape, Space, Text, Value};
