//! Runs plans, one after another or beside each other, with what they share: device, store, workers, results.

use std::{
    collections::BTreeMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bevy_ecs::prelude::*;
use burn::tensor::Device;
use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};
use rustc_hash::{FxHashMap, FxHashSet};
use weft_node::Models;
use weft_store::{Store, Tier};
use weft_tensor::is_gpu;

use crate::{
    Cancel, Event, Events, Outbox, Outcome, Plan, Report, Row,
    job::Shared,
    pool::Pool,
    systems,
    world::{Ended, Holders, Key, Machine, Outputs, Place, Ready, Run, Runs, Uses, Want, WiresIn},
};

/// What an engine works with.
pub struct Settings {
    /// Where tensors are made.
    pub device: Device,
    /// Where results are kept.
    pub store: Arc<Store>,
    /// Bytes of a graphics adapter's memory that may be taken; `None` if nobody knows.
    pub device_bytes: Option<u64>,
    /// Nodes that may run at once; `None` for one per processor.
    pub workers: Option<usize>,
}

/// Runs plans, one after another or several beside each other. Results live on in the store, so the next plan re-runs only what changed.
pub struct Engine {
    world: World,
    schedule: Schedule,
    ready: QueryState<(), With<Ready>>,
    runs: u64,
    started: FxHashMap<u64, Instant>,
}

/// Bytes of the networks that are held between the calls of nodes, where the device does not say what it has.
const MODEL_BYTES: u64 = 4 << 30;

/// Bytes of the host's memory for networks that wait until an adapter has room for them.
const ASIDE_BYTES: u64 = 8 << 30;

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
    /// For each node of the plan, whether its result may serve another run, and so is worth the store's memory;
    /// `None` for all.
    pub is_shared: Option<Arc<[bool]>>,
}

/// A plan that is to run beside others.
pub struct Order {
    /// What the caller knows it by.
    pub ticket: u64,
    /// The plan.
    pub plan: Plan,
    /// How it goes.
    pub ride: Ride<'static>,
}

/// Everything, silently, into the working folder, replacing nothing.
impl Default for Ride<'_> {
    fn default() -> Self {
        Self {
            only: None,
            cancel: Cancel::default(),
            events: Arc::new(crate::Silent),
            outbox: Outbox::new(".", false),
            is_shared: None,
        }
    }
}

impl Engine {
    /// An engine that works with these.
    pub fn new(settings: Settings) -> Self {
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        let workers = settings.workers.unwrap_or_else(processors);
        let (answer, answers) = crossbeam_channel::unbounded();
        let device_bytes = settings.device_bytes.filter(|_| is_gpu(&settings.device));
        // Two thirds for weights leave a third for what is computed with them.
        let models = device_bytes.map_or(MODEL_BYTES, |bytes| bytes / 3 * 2);
        let mut world = World::new();
        world.insert_resource(Machine {
            device: settings.device,
            store: settings.store,
            pool: Pool::new(workers),
            answers,
            answer,
            in_flight: 0,
            left: 0,
            arrived: Vec::new(),
            models: Arc::new(Models::new(models).aside(ASIDE_BYTES)),
            device_bytes,
        });
        world.init_resource::<Runs>();
        systems::observe(&mut world);
        let ready = world.query_filtered();
        Self {
            world,
            schedule: systems::schedule(),
            ready,
            runs: 0,
            started: FxHashMap::default(),
        }
    }

    /// The store of results.
    pub fn store(&self) -> &Arc<Store> {
        &self.world.resource::<Machine>().store
    }

    /// Runs `plan` to its end, on this thread and the workers.
    pub fn run(&mut self, plan: &Plan, ride: Ride<'_>) -> Report {
        let id = self.start(plan, ride);
        loop {
            self.schedule.run(&mut self.world);
            if self.is_done(id) || !self.wait(None) {
                break;
            }
        }
        self.finish(id, plan)
    }

    /// Runs every plan that comes through `orders`, at most `most` beside each other, until all are done and no
    /// more can come. What they have in common is made once. `ended` hears of each as soon as it is done.
    pub fn run_each(
        &mut self,
        orders: &Receiver<Order>,
        most: usize,
        ended: &mut dyn FnMut(u64, &Plan, Report),
    ) {
        let mut at_work: BTreeMap<u64, (u64, Plan)> = BTreeMap::new();
        let mut coming = Coming {
            orders,
            next: None,
            is_open: true,
            is_late: false,
        };
        loop {
            while at_work.len() < most.max(1)
                && let Some(Order { ticket, plan, ride }) = coming.take(at_work.is_empty())
            {
                at_work.insert(self.start(&plan, ride), (ticket, plan));
            }
            if at_work.is_empty() {
                break;
            }
            let has_room = at_work.len() < most.max(1);
            self.world.resource_mut::<Runs>().are_more_coming = has_room && coming.is_likely();
            self.schedule.run(&mut self.world);
            let done: Vec<u64> = at_work
                .keys()
                .copied()
                .filter(|id| self.is_done(*id))
                .collect();
            for id in &done {
                if let Some((ticket, plan)) = at_work.remove(id) {
                    let report = self.finish(*id, &plan);
                    ended(ticket, &plan, report);
                }
            }
            if done.is_empty() && !self.wait(has_room.then_some(&mut coming)) {
                // Nothing is at work, so what has not ended never will: that would be a bug of the engine.
                for (id, (ticket, plan)) in std::mem::take(&mut at_work) {
                    let report = self.finish(id, &plan);
                    ended(ticket, &plan, report);
                }
            }
        }
        self.world.resource_mut::<Runs>().are_more_coming = false;
    }

    /// Takes a plan in; the number of its run.
    fn start(&mut self, plan: &Plan, ride: Ride<'_>) -> u64 {
        self.runs += 1;
        let id = self.runs;
        let run = start_of(self.world.resource::<Machine>(), plan, ride, id);
        let mut runs = self.world.resource_mut::<Runs>();
        // Taken from the end, so the first node of the file is admitted first.
        let place = |node: &usize| Place {
            run: id,
            node: *node,
        };
        let wanted: Vec<_> = run.targets.iter().rev().map(place).collect();
        runs.wanted
            .extend(wanted.into_iter().map(|place| (place, Want::Any)));
        runs.all.insert(id, run);
        self.started.insert(id, Instant::now());
        id
    }

    /// Whether every result that the run wants, and every one it was thought to need, has ended.
    fn is_done(&self, id: u64) -> bool {
        let runs = self.world.resource::<Runs>();
        let Some(run) = runs.all.get(&id) else {
            return true;
        };
        let has_ended = |entity: &Entity| self.world.get::<Ended>(*entity).is_some();
        let mut targets = run.targets.iter().map(|node| run.entities[*node]);
        let is_admitted = |entity: Option<Entity>| entity.is_some_and(|entity| has_ended(&entity));
        runs.wanted.is_empty() && targets.all(is_admitted) && run.held.iter().all(has_ended)
    }

    /// Waits for a worker, or for an order if one may come, unless there is something to do at once; `false` when
    /// nothing is under way.
    fn wait(&mut self, coming: Option<&mut Coming<'_>>) -> bool {
        let is_wanted = !self.world.resource::<Runs>().wanted.is_empty();
        let ready = self.ready.iter(&self.world).count();
        let mut machine = self.world.resource_mut::<Machine>();
        // Ready nodes that wait for a worker, or for others of their kind, are looked at when an answer has come.
        if is_wanted || ready > machine.left {
            return true;
        }
        match (machine.in_flight, coming) {
            (0, Some(coming)) if ready > 0 && coming.is_likely() => coming.wait(),
            (0, _) => return ready > 0,
            // The engine itself holds a sender, so the channel of answers cannot close.
            (_, Some(coming)) if coming.is_open => {
                let answers = machine.answers.clone();
                crossbeam_channel::select! {
                    recv(answers) -> answers => machine.arrived.extend(answers.ok()),
                    recv(coming.orders) -> order => coming.came(order.ok()),
                }
            }
            _ => {
                let answers = machine.answers.recv();
                machine.arrived.extend(answers.ok());
            }
        }
        true
    }

    /// What came of a run, which is forgotten with all that no other run holds.
    fn finish(&mut self, id: u64, plan: &Plan) -> Report {
        let mut report = self.report(id, plan);
        let started = self.started.remove(&id);
        report.time = started.map(|started| started.elapsed()).unwrap_or_default();
        let Some(run) = self.world.resource_mut::<Runs>().all.remove(&id) else {
            return report;
        };
        for target in run.targets.iter().filter_map(|node| run.entities[*node]) {
            if let Some(mut uses) = self.world.get_mut::<Uses>(target) {
                uses.0 = uses.0.saturating_sub(1);
                if uses.0 == 0 {
                    self.world.entity_mut(target).remove::<Outputs>();
                }
            }
        }
        let mut held: Vec<Entity> = run.held.into_iter().collect();
        held.sort_unstable();
        for entity in held {
            let Some(mut holders) = self.world.get_mut::<Holders>(entity) else {
                continue;
            };
            holders.0 = holders.0.saturating_sub(1);
            if holders.0 == 0 {
                self.forget(entity);
            }
        }
        report
    }

    /// Forgets a result that no run holds; what was kept is in the store.
    fn forget(&mut self, entity: Entity) {
        let key = self.world.get::<Key>(entity).map(|key| key.0);
        let mut runs = self.world.resource_mut::<Runs>();
        if let Some(key) = key
            && runs.by_key.get(&key) == Some(&entity)
        {
            runs.by_key.remove(&key);
        }
        let wires: Vec<Entity> = match self.world.get::<WiresIn>(entity) {
            Some(wires) => wires.iter().collect(),
            None => Vec::new(),
        };
        wires.into_iter().for_each(|wire| {
            self.world.despawn(wire);
        });
        self.world.despawn(entity);
    }

    fn report(&self, id: u64, plan: &Plan) -> Report {
        let Some(run) = self.world.resource::<Runs>().all.get(&id) else {
            return Report::default();
        };
        let mut makers: FxHashMap<Entity, usize> = FxHashMap::default();
        let row = |(place, node): (usize, &crate::PlannedNode)| {
            let entity = run.entities[place];
            let maker = entity
                .map(|entity| *makers.entry(entity).or_insert(place))
                .filter(|maker| *maker != place);
            let ended = entity.and_then(|entity| self.world.get::<Ended>(entity));
            let outputs = entity.and_then(|entity| self.world.get::<Outputs>(entity));
            let at = entity.and_then(|entity| self.world.get::<Place>(entity));
            let is_ours = at.is_none_or(|at| at.run == id);
            let outcome = match (ended, entity) {
                (
                    Some(Ended {
                        outcome: Outcome::Ran,
                        time,
                        ..
                    }),
                    _,
                ) if !is_ours => Outcome::Recalled {
                    tier: Tier::Memory,
                    saved: *time,
                },
                (Some(ended), _) => ended.outcome.clone(),
                (None, Some(_)) => Outcome::Cancelled,
                (None, None) => Outcome::Unneeded,
            };
            Row {
                node: node.name().to_owned(),
                kind: node.id().to_owned(),
                build: node.kind.build,
                outcome,
                same_as: maker.map(|maker| plan.nodes()[maker].name().to_owned()),
                time: ended
                    .filter(|_| is_ours)
                    .map(|ended| ended.time)
                    .unwrap_or_default(),
                bytes: ended.map_or(0, |ended| ended.bytes),
                lives: ended.and_then(|ended| ended.lives),
                copies: ended
                    .filter(|_| is_ours)
                    .map(|ended| ended.copies)
                    .unwrap_or_default(),
                outputs: outputs
                    .filter(|_| run.targets.binary_search(&place).is_ok())
                    .map(|outputs| outputs.values.clone()),
            }
        };
        Report {
            rows: plan.nodes().iter().enumerate().map(row).collect(),
            time: Duration::ZERO,
        }
    }
}

/// Orders that may come yet.
struct Coming<'a> {
    orders: &'a Receiver<Order>,
    next: Option<Order>,
    is_open: bool,
    /// Whether the last wait for one was in vain.
    is_late: bool,
}

impl Coming<'_> {
    /// The next order if there is one; waits for it, or for the end of all, if `must_wait`.
    fn take(&mut self, must_wait: bool) -> Option<Order> {
        if self.next.is_none() {
            let order = match must_wait {
                true => self.orders.recv().ok(),
                false => match self.orders.try_recv() {
                    Err(TryRecvError::Empty) => return None,
                    order => order.ok(),
                },
            };
            self.came(order);
        }
        self.next.take()
    }

    /// Whether one is to be expected soon.
    fn is_likely(&self) -> bool {
        self.is_open && !self.is_late
    }

    /// Waits a moment for one, for calls that would rather not be made alone.
    fn wait(&mut self) {
        match self.orders.recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Timeout) => self.is_late = true,
            order => self.came(order.ok()),
        }
    }

    fn came(&mut self, order: Option<Order>) {
        (self.is_open, self.is_late) = (order.is_some(), false);
        self.next = order;
    }
}

/// How long calls that can be made together wait for the next order while nothing else is at work.
const PATIENCE: Duration = Duration::from_millis(30);

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

fn start_of(machine: &Machine, plan: &Plan, ride: Ride<'_>, run: u64) -> Run {
    let nodes = plan.shared_nodes();
    let targets = targets(plan, ride.only);
    ride.events.on(Event::Planned { nodes: nodes.len() });
    let shared = Shared {
        run,
        cancel: ride.cancel,
        events: ride.events,
        outbox: ride.outbox,
        names: plan.shared_names(),
        models: machine.models.clone(),
        device_bytes: machine.device_bytes,
    };
    Run {
        shared: Arc::new(shared),
        names: plan.names_digest(),
        entities: vec![None; nodes.len()],
        held: FxHashSet::default(),
        targets,
        is_shared: ride.is_shared,
        nodes,
    }
}
