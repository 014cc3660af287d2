//! Plans and runs graphs on an ECS: keys, recall, parallel dispatch, progress, cancellation, reports.
//! Knows no node and no model.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod cancel;
mod engine;
mod event;
mod explain;
mod facts;
mod job;
mod key;
mod outbox;
mod packs;
mod plan;
mod pool;
mod problem;
mod reading;
mod report;
mod systems;
mod template;
mod world;

pub use cancel::Cancel;
pub use engine::{Engine, Order, Ride, Settings};
pub use event::{Event, Events, Silent};
pub use explain::{History, Reason};
pub use outbox::Outbox;
pub use packs::Packs;
pub use plan::{Plan, PlannedNode, files_named, plan};
pub use problem::{NodeFailed, PlanProblem};
pub use report::{Lives, Outcome, Report, Row};
pub use template::{ItemNames, Names};
