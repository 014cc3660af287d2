//! Shared libraries as plugins.

mod boundary;
mod calls;
mod kind;
mod library;
mod names;

pub(crate) use kind::{PANICKED, taken};
pub use library::{LibraryError, NativePlugin};
pub(crate) use names::forever;

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;
