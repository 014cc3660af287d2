//! What host and plugin hand each other.

use std::ffi::{CStr, c_char};

/// The number of this boundary; a plugin of another number is refused.
pub const ABI: u32 = 1;

/// The name of the one function that a plugin exports, of type [`Entry`].
pub const ENTRY: &CStr = c"weft_plugin";

/// A function whose id says its real type.
pub type Function = unsafe extern "C" fn();

/// Finds the function of an id, a text that ends in NUL; null if there is none. Any thread.
pub type Find = unsafe extern "C" fn(id: *const c_char) -> Option<Function>;

/// What a plugin exports under [`ENTRY`]: takes the host's table, which lives as long as the process, and returns its own,
/// which does as well; null if it cannot work with this host. Called once, from any thread, before anything else.
pub type Entry = unsafe extern "C" fn(host: *const Table) -> *const Table;

/// What host and plugin hand each other.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// `sizeof` this struct as its maker knows it.
    pub size: u32,
    /// [`ABI`] as its maker knows it.
    pub abi: u32,
    /// Finds its functions.
    pub find: Find,
}

impl Table {
    /// A table of this version.
    pub const fn new(find: Find) -> Self {
        Self {
            size: size_of::<Self>() as u32,
            abi: ABI,
            find,
        }
    }
}
