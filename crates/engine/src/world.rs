//! What the ECS holds: one entity per distinct result of the running graph, one per wire, and the
//! resources that the systems share.

use std::{sync::Arc, time::Duration};

use bevy_ecs::prelude::*;
use burn::tensor::Device;
use crossbeam_channel::{Receiver, Sender};
use rustc_hash::FxHashMap;
use weft_node::{Error, Models, Values};
use weft_store::Store;
use weft_value::{AnyValue, Digest};

use crate::{Outcome, job::Shared, plan::PlannedNode, pool::Pool};

/// The key that the plan gave the result.
#[derive(Component, Clone, Copy)]
pub(crate) struct Key(pub(crate) Digest);

/// The key of the result once the values of its inputs are known; equal host values cut a change off.
#[derive(Component, Clone, Copy)]
pub(crate) struct Identity(pub(crate) Digest);

/// The planned node that makes the result: its place in the plan.
#[derive(Component, Clone, Copy)]
pub(crate) struct Place(pub(crate) usize);

/// Inputs whose values have not come yet.
#[derive(Component)]
pub(crate) struct Pending(pub(crate) usize);

/// Consumers that have not ended yet; at none, the outputs are let go.
#[derive(Component)]
pub(crate) struct Uses(pub(crate) usize);

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
}

/// One call of a node, as it goes to a worker.
pub(crate) struct Call {
    pub(crate) entity: Entity,
    pub(crate) element: Option<(usize, usize)>,
    pub(crate) place: usize,
    pub(crate) values: Values,
}

/// What came of a call.
pub(crate) struct Answer {
    pub(crate) entity: Entity,
    pub(crate) element: Option<usize>,
    pub(crate) result: Result<Vec<AnyValue>, Failure>,
    pub(crate) time: Duration,
}

/// The graph that is running.
#[derive(Resource)]
pub(crate) struct Run {
    pub(crate) shared: Arc<Shared>,
    pub(crate) nodes: Arc<[PlannedNode]>,
    pub(crate) names: Digest,
    /// The entity that makes the result of each node, where one is wanted.
    pub(crate) entities: Vec<Option<Entity>>,
    /// Equal keys are one entity.
    pub(crate) by_key: FxHashMap<Digest, Entity>,
    /// Nodes whose result is wanted, and whether it must be made even if it seems to be kept.
    pub(crate) wanted: Vec<(usize, Want)>,
    /// Nodes that are wanted for themselves, and so keep their outputs.
    pub(crate) is_target: Vec<bool>,
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
    pub(crate) answers: Receiver<Answer>,
    pub(crate) answer: Sender<Answer>,
    pub(crate) in_flight: usize,
    /// Answers that have come and are not looked at yet.
    pub(crate) arrived: Vec<Answer>,
    /// The networks of all runs.
    pub(crate) models: Arc<Models>,
}
