//! RON text as tokens and as a tree of spans; both `read` and `fmt` stand on it.
//!
//! RON has a reader of its own in the `ron` crate, but that one drops comments, stops at the first mistake
//! and recurses. The leaves (numbers, texts with escapes) are still read by `ron`, and a property test holds
//! this reader to it: what is a tree here is RON there.

pub(crate) mod leaf;
pub(crate) mod part;
pub(crate) mod token;
pub(crate) mod tree;

#[cfg(test)]
mod tests;
