//! Runs a graph over many items: what varies, the ledger, seeds, shards, forecasts, contact sheets and reports.
//!
//! Knows no node and no plugin: whoever plans an item is given as a [`Planner`].

mod folder;
mod forecast;
mod grid;
mod group;
mod items;
pub mod ledger;
mod metrics;
mod outputs;
mod prompt;
mod report;
mod rows;
mod run;
mod selection;
mod share;
mod sweep;
mod wrong;

pub use folder::folder;
pub use forecast::{Forecast, Timings};
pub use grid::{Axes, grid};
pub use group::{Cell, Group, Row};
pub use items::{Item, Items, Shard};
pub use metrics::Metrics;
pub use prompt::prompts;
pub use report::report;
pub use rows::rows;
pub use run::{Batch, Counts, Heard, Planner, Policy};
pub use selection::{Selection, Skip, Wanted};
pub use share::Sharing;
pub use sweep::sweep;
pub use wrong::Wrong;
