//! Runs plans, one after another, with what they share: device, store, workers.

use std::{sync::Arc, thread, time::Instant};

use bevy_ecs::prelude::*;
use burn::tensor::Device;
use weft_node::Models;
use weft_store::Store;

use crate::{
    Cancel, Event, Events, Outbox, Outcome, Plan, Report, Row,
    job::Shared,
    pool::Pool,
    systems,
    world::{Ended, Machine, Outputs, Ready, Run, Want},
};

/// What an engine works with.
pub struct Settings {
    /// Where tensors are made.
    pub device: Device,
    /// Where results are kept.
    pub store: Arc<Store>,
    /// Nodes that may run at once; `None` for one per processor.
    pub workers: Option<usize>,
}

/// Runs plans, one after another. Results live on in the store, so the next plan re-runs only what changed.
pub struct Engine {
    world: World,
    schedule: Schedule,
    ready: QueryState<(), With<Ready>>,
    runs: u64,
}

/// Bytes of the networks that are held between the calls of nodes.
const MODEL_BYTES: u64 = 4 << 30;

/// How one run goes.
pub struct Ride<'a> {
    /// Nodes whose results are wanted; `None` for all ends of the graph.
    pub only: Option<&'a [String]>,
    /// Stops the run.
    pub cancel: Cancel,
    /// Hears what happens.
    pub events: Arc<dyn Events>,
    /// Where files go.
    pub outbox: Outbox,
}

/// Everything, silently, into the working folder, replacing nothing.
impl Default for Ride<'_> {
    fn default() -> Self {
        Self {
            only: None,
            cancel: Cancel::default(),
            events: Arc::new(crate::Silent),
            outbox: Outbox::new(".", false),
        }
    }
}

impl Engine {
    /// An engine that works with these.
    pub fn new(settings: Settings) -> Self {
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        let workers = settings.workers.unwrap_or_else(processors);
        let (answer, answers) = crossbeam_channel::unbounded();
        let mut world = World::new();
        world.insert_resource(Machine {
            device: settings.device,
            store: settings.store,
            pool: Pool::new(workers),
            answers,
            answer,
            in_flight: 0,
            arrived: Vec::new(),
            models: Arc::new(Models::new(MODEL_BYTES)),
        });
        systems::observe(&mut world);
        let ready = world.query_filtered();
        Self {
            world,
            schedule: systems::schedule(),
            ready,
            runs: 0,
        }
    }

    /// The store of results.
    pub fn store(&self) -> &Arc<Store> {
        &self.world.resource::<Machine>().store
    }

    /// Runs `plan` to its end, on this thread and the workers.
    pub fn run(&mut self, plan: &Plan, ride: Ride<'_>) -> Report {
        let start = Instant::now();
        self.runs += 1;
        let targets = targets(plan, ride.only);
        let models = self.world.resource::<Machine>().models.clone();
        self.world
            .insert_resource(start_of((plan, models), ride, &targets, self.runs));
        loop {
            self.schedule.run(&mut self.world);
            if !self.wait() {
                break;
            }
        }
        let mut report = self.report(plan, &targets);
        self.clear();
        report.time = start.elapsed();
        report
    }

    /// Waits for a worker if there is nothing else to do; `false` when all is done.
    fn wait(&mut self) -> bool {
        let is_wanted = !self.world.resource::<Run>().wanted.is_empty();
        if is_wanted || self.ready.iter(&self.world).next().is_some() {
            return true;
        }
        let mut machine = self.world.resource_mut::<Machine>();
        if machine.in_flight == 0 {
            return false;
        }
        // The engine itself holds a sender, so the channel cannot close.
        if let Ok(answer) = machine.answers.recv() {
            machine.arrived.push(answer);
        }
        true
    }

    fn report(&self, plan: &Plan, targets: &[usize]) -> Report {
        let run = self.world.resource::<Run>();
        let mut makers: rustc_hash::FxHashMap<Entity, usize> = rustc_hash::FxHashMap::default();
        let row = |(place, node): (usize, &crate::PlannedNode)| {
            let entity = run.entities[place];
            let maker = entity
                .map(|entity| *makers.entry(entity).or_insert(place))
                .filter(|maker| *maker != place);
            let ended = entity.and_then(|entity| self.world.get::<Ended>(entity));
            let outputs = entity.and_then(|entity| self.world.get::<Outputs>(entity));
            Row {
                node: node.name().to_owned(),
                kind: node.id().to_owned(),
                build: node.kind.build,
                outcome: match (ended, entity) {
                    (Some(ended), _) => ended.outcome.clone(),
                    (None, Some(_)) => Outcome::Cancelled,
                    (None, None) => Outcome::Unneeded,
                },
                same_as: maker.map(|maker| plan.nodes()[maker].name().to_owned()),
                time: ended.map(|ended| ended.time).unwrap_or_default(),
                bytes: ended.map_or(0, |ended| ended.bytes),
                outputs: outputs
                    .filter(|_| targets.binary_search(&place).is_ok())
                    .map(|outputs| outputs.values.clone()),
            }
        };
        Report {
            rows: plan.nodes().iter().enumerate().map(row).collect(),
            time: Default::default(),
        }
    }

    /// Forgets the run; what was kept is in the store.
    fn clear(&mut self) {
        let run = self.world.remove_resource::<Run>();
        let mut all = self
            .world
            .query_filtered::<Entity, Or<(With<crate::world::Place>, With<crate::world::From>)>>();
        let all: Vec<_> = all.iter(&self.world).collect();
        for entity in all {
            self.world.despawn(entity);
        }
        drop(run);
    }
}

/// The places of the wanted nodes, in order.
fn targets(plan: &Plan, only: Option<&[String]>) -> Vec<usize> {
    let is_target = |node: &crate::PlannedNode| match only {
        Some(names) => names.iter().any(|name| name == node.name()),
        None => node.is_end(),
    };
    plan.nodes()
        .iter()
        .enumerate()
        .filter(|(_, node)| is_target(node))
        .map(|(place, _)| place)
        .collect()
}

fn start_of(
    (plan, models): (&Plan, Arc<Models>),
    ride: Ride<'_>,
    targets: &[usize],
    run: u64,
) -> Run {
    let nodes = plan.shared_nodes();
    let mut is_target = vec![false; nodes.len()];
    targets.iter().for_each(|place| is_target[*place] = true);
    ride.events.on(Event::Planned { nodes: nodes.len() });
    let shared = Shared {
        run,
        cancel: ride.cancel,
        events: ride.events,
        outbox: ride.outbox,
        names: plan.shared_names(),
        models,
    };
    Run {
        shared: Arc::new(shared),
        names: plan.names_digest(),
        entities: vec![None; nodes.len()],
        by_key: Default::default(),
        // Taken from the end, so the first node of the file is admitted first.
        wanted: targets
            .iter()
            .rev()
            .map(|place| (*place, Want::Any))
            .collect(),
        is_target,
        nodes,
    }
}
