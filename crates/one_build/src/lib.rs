//! One set of features for every selection of packages.
//!
//! Cargo unites the features of shared dependencies over the packages that are built together, so
//! `cargo test -p weft-store` and `cargo test --workspace` would each compile burn anew. This crate
//! names the features of the whole workspace once, and the lowest crate that uses burn depends on it.
