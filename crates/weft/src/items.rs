//! Plans the items of a batch: the graph is read anew for each, with its values; subgraphs are read once.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use weft_batch::{Item, Planner};
use weft_engine::{ItemNames, Packs, Plan, plan};
use weft_graph::{DiskFiles, Files, Given};
use weft_host::{Change, Plugins};
use weft_spec::Source;

use crate::{Trouble, names::names};

/// Time between two looks at the plugins.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The graph of a batch.
#[derive(Clone)]
pub struct ItemGraph {
    /// Its text.
    pub source: Arc<Source>,
    /// The values that all items have in common.
    pub given: Given,
    /// The inputs that tell the items apart.
    pub varied: Vec<String>,
    /// Whether each item has seeds of its own, where it does not set them.
    pub derives_seeds: bool,
}

/// Plans the items of a batch. While it goes on, it takes in plugins that have been built again.
pub struct ItemPlanner<'a> {
    graph: ItemGraph,
    source: Arc<Source>,
    files: ReadOnce,
    packs: &'a mut Packs,
    reload: Reload<'a>,
    looked: Instant,
    heard: Box<dyn FnMut(Change) + Send + 'a>,
}

impl<'a> ItemPlanner<'a> {
    pub(crate) fn new(graph: ItemGraph, packs: &'a mut Packs, reload: Reload<'a>) -> Self {
        Self {
            source: Arc::clone(&graph.source),
            graph,
            files: ReadOnce::default(),
            packs,
            reload,
            looked: Instant::now(),
            heard: Box::new(drop),
        }
    }

    /// Has `heard` told of plugins that have changed.
    #[must_use]
    pub fn hearing(mut self, heard: impl FnMut(Change) + Send + 'a) -> Self {
        self.heard = Box::new(heard);
        self
    }

    /// The text of the graph, and those of its subgraphs as far as they were read.
    pub fn texts(&self) -> Vec<String> {
        let texts = self
            .files
            .texts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut others: Vec<String> = texts.values().cloned().collect();
        others.sort_unstable();
        std::iter::once(self.source.text.clone())
            .chain(others)
            .collect()
    }

    /// The plan of an item.
    ///
    /// # Errors
    /// Everything that is wrong with the graph or its values, or keeps its nodes from running.
    pub fn planned(&mut self, item: &Item) -> Result<Plan, Trouble> {
        let mut given = self.graph.given.clone();
        for (name, text) in &item.values {
            given.set_text(name, text);
        }
        let source = Arc::clone(&self.source);
        let graph = weft_graph::load(source, self.packs.registry(), &given, &self.files)?;
        let names = names(
            &graph,
            Some(ItemNames {
                label: item.label.clone(),
                varied: self.graph.varied.clone(),
                seeds: self.graph.derives_seeds.then_some(item.key),
                has_one_writer: false,
            }),
        );
        plan(&graph, self.packs, names).map_err(|problems| Trouble::Plan { problems })
    }
}

impl Planner for ItemPlanner<'_> {
    fn plan(&mut self, item: &Item) -> Result<Plan, String> {
        self.planned(item).map_err(|trouble| trouble.in_full())
    }

    fn refresh(&mut self) {
        if self.reload.plugins.is_some() && self.looked.elapsed() >= LOOK_EVERY {
            self.looked = Instant::now();
            for change in self.reload.look(self.packs) {
                (self.heard)(change);
            }
        }
    }
}

/// What it takes to look at the plugins again.
pub(crate) struct Reload<'a> {
    pub(crate) base: &'a Packs,
    pub(crate) plugins: Option<&'a mut Plugins>,
}

impl Reload<'_> {
    /// Puts what is new into `packs`.
    pub(crate) fn look(&mut self, packs: &mut Packs) -> Vec<Change> {
        let Some(plugins) = &mut self.plugins else {
            return Vec::new();
        };
        let mut changes = plugins.reload();
        if !changes.is_empty() {
            let (found, clashes) = plugins.packs(self.base);
            *packs = found;
            changes.extend(clashes.into_iter().map(Change::Broken));
        }
        changes
    }
}

/// The files on the disk as they were when they were first read: all items of a batch are of one graph.
#[derive(Default)]
struct ReadOnce {
    texts: Mutex<HashMap<PathBuf, String>>,
}

impl Files for ReadOnce {
    fn read(&self, path: &Path) -> io::Result<String> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.get(path) {
            return Ok(text.clone());
        }
        let text = DiskFiles.read(path)?;
        texts.insert(path.to_owned(), text.clone());
        Ok(text)
    }
}
