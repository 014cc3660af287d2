//! The fast paths against burn's own operations, and their gradients against burn's own.

mod activation;
mod agree;
mod attention;
mod conv;
mod kept;
mod linear;
mod norm;
mod training;
mod upsample;
