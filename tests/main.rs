//! Whole-program tests, one binary.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod batch;
mod bench;
mod cli;
mod diagnostics;
mod examples;
mod gpu;
mod graphs;
mod hub;
mod interrupt;
mod layers;
mod plugins;
mod program;
mod recall;
mod scale;
mod stable;
mod watch;
