//! What the ECS holds: one entity per distinct result of the running graphs, one per wire, and the
//! resources that the systems share.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bevy_ecs::prelude::*;
use burn::tensor::Device;
use crossbeam_channel::{Receiver, Sender};
use rustc_hash::{FxHashMap, FxHashSet};
use weft_node::{Error, Models, Values};
use weft_store::Store;
use weft_tensor::{Copies, Trouble};
use weft_value::{AnyValue, Digest};

use crate::{Lives, Outcome, job::Shared, plan::PlannedNode, pool::Pool};

/// The key that the plan gave the result.
#[derive(Component, Clone, Copy)]
pub(crate) struct Key(pub(crate) Digest);

/// The key of the result once the values of its inputs are known; equal host values cut a change off.
#[derive(Component, Clone, Copy)]
pub(crate) struct Identity(pub(crate) Digest);

/// The planned node that makes the result.
#[derive(Component, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The run that it was admitted for.
    pub(crate) run: u64,
    /// Its place in the plan of that run.
    pub(crate) node: usize,
}

/// Inputs whose values have not come yet.
#[derive(Component)]
pub(crate) struct Pending(pub(crate) usize);

/// Consumers that have not ended yet, and runs that want the outputs for themselves; at none, the outputs are let go.
#[derive(Component)]
pub(crate) struct Uses(pub(crate) usize);

/// Runs that this is part of; at none, it is forgotten.
#[derive(Component)]
pub(crate) struct Holders(pub(crate) usize);

/// What the node gave, one value per output, and the content hashes of those that live on the host.
#[derive(Component, Clone)]
pub(crate) struct Outputs {
    pub(crate) values: Arc<[AnyValue]>,
    pub(crate) digests: Arc<[Option<Digest>]>,
}

impl Outputs {
    pub(crate) fn new(values: Arc<[AnyValue]>) -> Self {
        let digests = values.iter().map(AnyValue::digest).collect();
        Self { values, digests }
    }
}

/// The elements of a mapped node that have come, and how many have not.
#[derive(Component)]
pub(crate) struct Elements {
    pub(crate) done: Vec<Option<Vec<AnyValue>>>,
    pub(crate) left: usize,
    pub(crate) failure: Option<Failure>,
    pub(crate) time: Duration,
    pub(crate) copies: Copies,
}

/// The result is kept and is to be fetched.
#[derive(Component)]
pub(crate) struct Kept;

/// All inputs have come.
#[derive(Component)]
pub(crate) struct Ready;

/// A worker has it.
#[derive(Component)]
pub(crate) struct Running;

/// It has ended in this tick, and its consumers do not know yet.
#[derive(Component)]
pub(crate) struct Fresh;

/// How it ended.
#[derive(Component)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) time: Duration,
    pub(crate) bytes: u64,
    pub(crate) lives: Option<Lives>,
    pub(crate) copies: Copies,
}

impl Ended {
    /// It ended without outputs, or before they are known.
    pub(crate) fn without(outcome: Outcome) -> Self {
        Self {
            outcome,
            time: Duration::ZERO,
            bytes: 0,
            lives: None,
            copies: Copies::default(),
        }
    }

    /// It ended with these outputs.
    pub(crate) fn with(outcome: Outcome, outputs: &Outputs) -> Self {
        Self {
            bytes: outputs.values.iter().map(AnyValue::bytes).sum(),
            lives: Lives::of(&outputs.values),
            ..Self::without(outcome)
        }
    }
}

/// A wire's giving end.
#[derive(Component)]
#[relationship(relationship_target = WiresOut)]
pub(crate) struct From(pub(crate) Entity);

/// The wires that take what a node gives.
#[derive(Component)]
#[relationship_target(relationship = From)]
pub(crate) struct WiresOut(Vec<Entity>);

/// A wire's taking end.
#[derive(Component)]
#[relationship(relationship_target = WiresIn)]
pub(crate) struct To(pub(crate) Entity);

/// The wires that feed a node.
#[derive(Component)]
#[relationship_target(relationship = To)]
pub(crate) struct WiresIn(Vec<Entity>);

/// Why a node gave nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It said so.
    Error(Error),
    /// It panicked, with this message.
    Panic(String),
    /// The device did not compute it.
    Device(Trouble),
}

/// One call of a node, as it goes to a worker.
pub(crate) struct Call {
    pub(crate) entity: Entity,
    pub(crate) element: Option<(usize, usize)>,
    pub(crate) place: usize,
    pub(crate) values: Values,
    pub(crate) nodes: Arc<[PlannedNode]>,
    pub(crate) shared: Arc<Shared>,
}

/// What came of a call.
pub(crate) struct Answer {
    pub(crate) entity: Entity,
    pub(crate) element: Option<usize>,
    pub(crate) result: Result<Vec<AnyValue>, Failure>,
    pub(crate) time: Duration,
    pub(crate) copies: Copies,
}

/// A graph that is running.
pub(crate) struct Run {
    pub(crate) shared: Arc<Shared>,
    pub(crate) nodes: Arc<[PlannedNode]>,
    pub(crate) names: Digest,
    /// The entity that makes the result of each node, where one is wanted.
    pub(crate) entities: Vec<Option<Entity>>,
    /// Those entities, each once.
    pub(crate) held: FxHashSet<Entity>,
    /// Nodes that are wanted for themselves, and so keep their outputs; in order.
    pub(crate) targets: Vec<usize>,
    /// For each node, whether its result may be wanted by another run too.
    pub(crate) is_shared: Option<Arc<[bool]>>,
}

/// The graphs that are running, oldest first.
#[derive(Resource, Default)]
pub(crate) struct Runs {
    pub(crate) all: BTreeMap<u64, Run>,
    /// Equal keys are one entity, whichever runs want them.
    pub(crate) by_key: FxHashMap<Digest, Entity>,
    /// Nodes whose result is wanted, and whether it must be made even if it seems to be kept.
    pub(crate) wanted: Vec<(Place, Want)>,
    /// Whether a run that waits to be admitted may bring more calls of the same kind.
    pub(crate) are_more_coming: bool,
}

impl Runs {
    /// The run that a place belongs to; it is there as long as any of its entities has not ended.
    pub(crate) fn of(&self, place: Place) -> Option<&Run> {
        self.all.get(&place.run)
    }

    /// The node at a place.
    pub(crate) fn node(&self, place: Place) -> Option<&PlannedNode> {
        self.of(place)?.nodes.get(place.node)
    }
}

/// How much a result is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Kept or made.
    Any,
    /// Made: it was thought to be kept, and was not.
    Made,
}

/// What outlives a run.
#[derive(Resource)]
pub(crate) struct Machine {
    pub(crate) device: Device,
    pub(crate) store: Arc<Store>,
    pub(crate) pool: Pool,
    pub(crate) answers: Receiver<Vec<Answer>>,
    pub(crate) answer: Sender<Vec<Answer>>,
    /// Orders that the workers have.
    pub(crate) in_flight: usize,
    /// Ready nodes that were looked at and left, since the workers have enough or others are to join them.
    pub(crate) left: usize,
    /// Answers that have come and are not looked at yet, those of each order together.
    pub(crate) arrived: Vec<Vec<Answer>>,
    /// The networks of all runs.
    pub(crate) models: Arc<Models>,
    /// Bytes of the adapter's memory that may be taken.
    pub(crate) device_bytes: Option<u64>,
}
