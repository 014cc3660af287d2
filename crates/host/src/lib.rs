//! Loads plugins, watches files, swaps packs.
//!
//! A plugin is a shared library ([`native`]) or a shader file ([`shader`]) in a folder that the user named. [`Plugins`] finds
//! them, refuses what cannot be used and goes on with the rest, and loads again what has changed. Native code is trusted
//! code, unless it runs in a process of its own.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod config;
pub mod conformance;
mod find;
#[cfg_attr(not(unix), path = "isolate/elsewhere.rs")]
pub mod isolate;
mod limits;
mod literal;
mod lock;
mod memory;
pub mod native;
mod plugin;
mod plugins;
mod problem;
pub mod shader;
mod table;
mod watch;
mod wgsl;

pub use config::{Config, Isolation};
pub use limits::Limits;
pub use lock::Lock;
pub use plugin::Plugin;
pub use plugins::{Change, Plugins, Settings};
pub use problem::PluginProblem;
pub use watch::Watch;
