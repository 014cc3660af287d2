//! Picture arithmetic on tensors.

pub mod edge;
