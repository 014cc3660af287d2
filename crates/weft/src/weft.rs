//! A host for graphs: packs, device, store and engine in one.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use weft_engine::{Engine, ItemNames, Packs, Plan, Report, Ride, Settings, plan};
use weft_graph::{DiskFiles, Given, Graph};
use weft_host::{Change, PluginProblem, Plugins};
use weft_node::Pack;
use weft_spec::{ClashingId, Source};
use weft_store::Store;
use weft_tensor::{Chosen, DeviceChoice, choose};
use weft_value::Digest;

use crate::{ItemGraph, ItemPlanner, PACKS, Trouble, items::Reload, names::names};

/// Memory that results are kept in, in bytes, unless the builder says otherwise.
const MEMORY_BYTES: u64 = 2 << 30;

/// A host for graphs.
pub struct Weft {
    /// Those of the program.
    base: Packs,
    /// Those, and the plugins.
    packs: Packs,
    plugins: Option<Plugins>,
    plugin_problems: Vec<PluginProblem>,
    device: Chosen,
    engine: Engine,
}

/// Says what a host is made of.
pub struct Builder {
    packs: Vec<Pack>,
    build: Digest,
    device: DeviceChoice,
    store: Option<Arc<Store>>,
    workers: Option<usize>,
    device_bytes: Option<u64>,
    plugins: Option<weft_host::Settings>,
}

impl Builder {
    /// Adds a pack of one's own.
    #[must_use]
    pub fn pack(mut self, pack: Pack) -> Self {
        self.packs.push(pack);
        self
    }

    /// Where to compute.
    #[must_use]
    pub fn device(mut self, device: DeviceChoice) -> Self {
        self.device = device;
        self
    }

    /// Where to keep results; by default in 2 GiB of memory.
    #[must_use]
    pub fn store(mut self, store: Arc<Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// What stands for the code of the packs in the keys of results: another build makes them anew.
    #[must_use]
    pub fn build_digest(mut self, build: Digest) -> Self {
        self.build = build;
        self
    }

    /// Bytes of a graphics adapter's memory that may be taken; by default nine tenths of it. Beyond that networks wait
    /// in the memory of the host, and results that were kept are let go of.
    #[must_use]
    pub fn device_bytes(mut self, bytes: u64) -> Self {
        self.device_bytes = Some(bytes);
        self
    }

    /// How many nodes may run at once; by default one per processor.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Where plugins are; by default nowhere. What cannot be used is in [`Weft::plugin_problems`].
    #[must_use]
    pub fn plugins(mut self, settings: weft_host::Settings) -> Self {
        self.plugins = Some(settings);
        self
    }

    /// Opens the device, starts the engine, and loads the plugins.
    ///
    /// # Errors
    /// The device cannot be used, or two packs bring the same node.
    pub fn start(self) -> Result<Weft, Trouble> {
        let packs =
            Packs::new(&self.packs, self.build).map_err(|ClashingId { id }| Trouble::Clash(id))?;
        let device = choose(self.device)?;
        let store = self
            .store
            .unwrap_or_else(|| Arc::new(Store::in_memory(MEMORY_BYTES)));
        let engine = Engine::new(Settings {
            device: device.device.clone(),
            store,
            device_bytes: self
                .device_bytes
                .or(device.memory_bytes.map(|bytes| bytes / 10 * 9)),
            workers: self.workers,
        });
        let mut weft = Weft {
            base: packs.clone(),
            packs,
            plugins: self.plugins.map(Plugins::new),
            plugin_problems: Vec::new(),
            device,
            engine,
        };
        let problem = |change| match change {
            Change::Broken(problem) => Some(problem),
            Change::Loaded(_) => None,
        };
        let problems = weft.reload_plugins().into_iter().filter_map(problem);
        weft.plugin_problems = problems.collect();
        Ok(weft)
    }
}

impl Weft {
    /// Says what a host is made of; it has the built-in packs.
    pub fn builder() -> Builder {
        Builder {
            packs: PACKS.to_vec(),
            build: Digest::of(env!("CARGO_PKG_VERSION").as_bytes()),
            device: DeviceChoice::Auto,
            store: None,
            workers: None,
            device_bytes: None,
            plugins: None,
        }
    }

    /// Every kind of node.
    pub fn packs(&self) -> &Packs {
        &self.packs
    }

    /// The plugins, if any were asked for.
    pub fn plugins(&self) -> Option<&Plugins> {
        self.plugins.as_ref()
    }

    /// Why some plugins could not be used when the host started.
    pub fn plugin_problems(&self) -> &[PluginProblem] {
        &self.plugin_problems
    }

    /// Looks at the plugins again: the next graph that is read or planned has what is new, and plans that were made
    /// before go on with what they were made of.
    pub fn reload_plugins(&mut self) -> Vec<Change> {
        let mut reload = Reload {
            base: &self.base,
            plugins: self.plugins.as_mut(),
        };
        reload.look(&mut self.packs)
    }

    /// The device, and why it was taken.
    pub fn device(&self) -> &Chosen {
        &self.device
    }

    /// The engine.
    pub fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Reads and checks the graph in the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or everything that is wrong with the graph.
    pub fn open(&self, path: &Path, given: &Given) -> Result<Graph, Trouble> {
        self.read(Self::source(path)?, given)
    }

    /// Reads and checks the graph in a text.
    ///
    /// # Errors
    /// Everything that is wrong with the graph.
    pub fn read(&self, source: Source, given: &Given) -> Result<Graph, Trouble> {
        Ok(weft_graph::load(
            Arc::new(source),
            self.packs.registry(),
            given,
            &DiskFiles,
        )?)
    }

    /// The text of the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn source(path: &Path) -> Result<Source, Trouble> {
        let text = fs::read_to_string(path);
        let text = text.map_err(|error| Trouble::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        let folder = path.parent().map(PathBuf::from).unwrap_or_default();
        Ok(Source {
            name: path.display().to_string(),
            folder,
            text,
        })
    }

    /// Plans a graph: reads and hashes its files.
    ///
    /// # Errors
    /// Everything that keeps its nodes from running.
    pub fn plan(&self, graph: &Graph) -> Result<Plan, Trouble> {
        self.plan_item(graph, None)
    }

    /// Plans a graph as an item of a batch.
    ///
    /// # Errors
    /// Those of [`Weft::plan`].
    pub fn plan_item(&self, graph: &Graph, item: Option<ItemNames>) -> Result<Plan, Trouble> {
        plan(graph, &self.packs, names(graph, item)).map_err(|problems| Trouble::Plan { problems })
    }

    /// The engine, and who plans the items of a batch for it.
    pub fn items(&mut self, graph: ItemGraph) -> (&mut Engine, ItemPlanner<'_>) {
        let reload = Reload {
            base: &self.base,
            plugins: self.plugins.as_mut(),
        };
        let planner = ItemPlanner::new(graph, &mut self.packs, reload);
        (&mut self.engine, planner)
    }

    /// Runs a plan to its end. What failed is in the report.
    ///
    /// # Errors
    /// A name in [`Ride::only`] is no node.
    pub fn run(&mut self, plan: &Plan, ride: Ride<'_>) -> Result<Report, Trouble> {
        let known = |name: &String| plan.nodes().iter().any(|node| node.name() == name);
        if let Some(name) = ride
            .only
            .unwrap_or_default()
            .iter()
            .find(|name| !known(name))
        {
            let names: Vec<_> = plan
                .nodes()
                .iter()
                .map(|node| format!("`{}`", node.name()))
                .collect();
            return Err(Trouble::NoSuchNode {
                name: name.clone(),
                known: names.join(", "),
            });
        }
        Ok(self.engine.run(plan, ride))
    }
}
