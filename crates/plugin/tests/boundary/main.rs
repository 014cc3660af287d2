//! A pack, called through the C boundary by a host that is none.

#![allow(unsafe_code, reason = "this is the other side of a C boundary")]

// Tests name it as plugins do.
extern crate weft_plugin as weft_node;

mod calls;
mod host;
mod meeting;
mod pack;
mod plugin;
mod random;
