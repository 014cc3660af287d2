//! Adapters; the fast paths against burn's own operations, and their gradients against burn's own.

#![allow(
    clippy::disallowed_methods,
    reason = "tests compare numbers on the host"
)]

mod activation;
mod agree;
mod attention;
mod compiler;
mod conv;
mod copies;
mod half;
mod kept;
mod linear;
mod norm;
mod training;
mod trouble;
mod upsample;
