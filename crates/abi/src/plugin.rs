//! The functions that a plugin has, by id.

use std::ffi::CStr;

use crate::{Call, Status, Text};

/// The id of [`Describe`]; a plugin must have it.
pub const DESCRIBE: &CStr = c"weft.describe";

/// Writes what the plugin brings, as RON (see [`crate::Described`]); the text lives as long as the process. Any thread.
pub type Describe = unsafe extern "C" fn(out: *mut Text) -> Status;

/// The id of [`Run`]; a plugin must have it.
pub const RUN: &CStr = c"weft.run";

/// Does the work of the node of that place in the description: asks the host for inputs, gives outputs. Any thread, and
/// several calls at once.
pub type Run = unsafe extern "C" fn(call: Call, node: u32) -> Status;

/// The id of [`Check`]; a plugin may have it.
pub const CHECK: &CStr = c"weft.check";

/// Refuses inputs that cannot work, by `weft.fail`, before anything runs; only inputs that the file spells out are there.
/// Any thread, and several calls at once.
pub type Check = unsafe extern "C" fn(call: Call, node: u32) -> Status;
