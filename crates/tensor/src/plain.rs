//! The operations in burn's own terms: for devices and numbers that the kernels do not serve.

pub(crate) mod activation;
pub(crate) mod attention;
pub(crate) mod conv;
pub(crate) mod linear;
pub(crate) mod norm;
pub(crate) mod upsample;
