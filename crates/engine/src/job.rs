//! The host's side of one call of a node.

use std::sync::Arc;

use weft_node::{Error, Job, LogLevel, Models, Provenance, Result};
use weft_value::{Image, Saved};

use crate::{Cancel, Event, Events, Names, Outbox};

/// What all calls of a run share.
pub(crate) struct Shared {
    pub(crate) run: u64,
    pub(crate) cancel: Cancel,
    pub(crate) events: Arc<dyn Events>,
    pub(crate) outbox: Outbox,
    pub(crate) names: Arc<Names>,
    pub(crate) models: Arc<Models>,
    pub(crate) device_bytes: Option<u64>,
}

/// One call of a node; of one element, if the node is mapped over a list.
pub(crate) struct Task {
    pub(crate) shared: Arc<Shared>,
    pub(crate) node: Arc<str>,
    pub(crate) element: Option<(usize, usize)>,
}

impl Job for Task {
    fn is_cancelled(&self) -> bool {
        self.shared.cancel.is_cancelled()
    }

    fn step(&self, done: u64, total: u64) {
        // Of a mapped node, the elements are the steps.
        if self.element.is_none() {
            self.shared.events.on(Event::Step {
                node: &self.node,
                done,
                total,
            });
        }
    }

    fn preview(&self, image: &Image) {
        self.shared.events.on(Event::Preview {
            node: &self.node,
            image,
        });
    }

    fn shows_previews(&self) -> bool {
        self.shared.events.shows_previews()
    }

    fn log(&self, level: LogLevel, line: &str) {
        self.shared.events.on(Event::Log {
            node: &self.node,
            level,
            line,
        });
    }

    fn save(&self, template: &str, extension: &str, bytes: &[u8]) -> Result<Saved> {
        let (index, count) = self.element.unwrap_or((0, 1));
        if count > 1 && !template.contains("{index}") {
            let message =
                format!("names one file for a list of {count}; put {{index}} into `{template}`");
            return Err(Error::input("path", message));
        }
        let width = count.saturating_sub(1).to_string().len();
        let more = [
            ("index", format!("{index:0width$}")),
            ("node", self.node.to_string()),
        ];
        let mut path = self
            .shared
            .names
            .path(template, &more)
            .map_err(|message| Error::input("path", message))?;
        let file = path.rsplit(['/', '\\']).next().unwrap_or("");
        if file.is_empty() {
            return Err(Error::input(
                "path",
                format!("names a folder, not a file: {path}"),
            ));
        }
        if !file.contains('.') {
            path = format!("{path}.{extension}");
        }
        self.shared
            .outbox
            .write(&path, self.shared.run, &self.node, bytes)
    }

    fn provenance(&self) -> Option<&Provenance> {
        Some(&self.shared.names.provenance)
    }

    fn device_bytes(&self) -> Option<u64> {
        self.shared.device_bytes
    }

    fn models(&self) -> Option<&Models> {
        Some(&self.shared.models)
    }
}
