//! Picture arithmetic on tensors.
