//! What a run tells while it goes on.

use std::time::Duration;

use weft_node::LogLevel;
use weft_value::Image;

use crate::Outcome;

/// What a run tells while it goes on; each event tells only what is new.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// The run begins; so many nodes will run at most.
    Planned {
        /// Nodes whose result is not kept yet.
        nodes: usize,
    },
    /// A node begins.
    Started {
        /// Its name.
        node: &'a str,
    },
    /// A node has done a part of its work.
    Step {
        /// Its name.
        node: &'a str,
        /// Steps done.
        done: u64,
        /// Steps in all.
        total: u64,
    },
    /// A node shows what it has so far.
    Preview {
        /// Its name.
        node: &'a str,
        /// The picture.
        image: &'a Image,
    },
    /// A node writes a line to the log.
    Log {
        /// Its name.
        node: &'a str,
        /// How much it matters.
        level: LogLevel,
        /// The line.
        line: &'a str,
    },
    /// A node has ended, one way or another.
    Finished {
        /// Its name.
        node: &'a str,
        /// How it ended.
        outcome: &'a Outcome,
        /// Time it took.
        time: Duration,
    },
}

/// Hears the events of a run; called from several threads.
pub trait Events: Send + Sync {
    /// Something has happened. Must return soon: the node that told it is waiting.
    fn on(&self, event: Event<'_>);

    /// Whether [`Event::Preview`] is heard; nodes need not make any otherwise.
    fn shows_previews(&self) -> bool {
        true
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Events for Silent {
    fn on(&self, _: Event<'_>) {}

    fn shows_previews(&self) -> bool {
        false
    }
}
