//! Whole-program tests, one binary.

mod cli;
mod diagnostics;
mod examples;
mod graphs;
mod layers;
mod program;
mod recall;
mod watch;
