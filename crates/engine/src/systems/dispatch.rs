//! Sends nodes whose inputs have come to the workers.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bevy_ecs::prelude::*;
use rustc_hash::FxHashSet;
use weft_tensor::Copies;
use weft_value::{AnyValue, Digest};

use super::inputs::{Gathered, gather};
use crate::{
    Outcome, key,
    plan::PlannedNode,
    pool::{self, Order, Spare},
    world::{
        Call, Elements, Ended, Fresh, Identity, Key, Machine, Outputs, Pending, Place, Ready, Run,
        Running, Runs,
    },
};

/// Calls that each worker may have waiting, so that none waits for the engine.
const AHEAD: usize = 2;

/// Nodes that wait for inputs.
type Waiting<'a> = (&'a Place, Has<Ready>, Has<Running>, Has<Ended>);

/// Sends ready nodes to the workers, the oldest run first and in the order of its plan, as many as the workers
/// are about to need. A single one, with nothing else to do, runs right here: a chain then pays for no hand-over
/// between threads. Nodes that can be called together wait for each other as long as others are at work.
pub(crate) fn dispatch(
    mut commands: Commands,
    runs: Res<Runs>,
    mut machine: ResMut<Machine>,
    ready: Query<(Entity, &Key, &Place), With<Ready>>,
    given: Query<&Outputs>,
    identities: Query<&Identity>,
    waiting: Query<Waiting, With<Pending>>,
) {
    let mut ready: Vec<_> = ready
        .iter()
        .map(|(entity, key, place)| (*place, entity, key.0))
        .collect();
    ready.sort_unstable_by_key(|(place, ..)| *place);
    let most = AHEAD * machine.pool.threads();
    let mut round = Round::default();
    for (place, entity, planned) in &ready {
        let Some((run, node)) = runs.of(*place).zip(runs.node(*place)) else {
            continue;
        };
        let is_cancelled = run.shared.cancel.is_cancelled();
        if machine.in_flight + round.calls.len() >= most && !is_cancelled {
            // Those that wait stay ready; an older run comes first again next time.
            continue;
        }
        if is_cancelled {
            round.settle(
                &mut commands,
                *entity,
                (None, Ended::without(Outcome::Cancelled)),
            );
            continue;
        }
        let identity = identity(node, run, &given, &identities);
        commands.entity(*entity).insert(Identity(identity));
        if identity != *planned
            && let Some(found) = machine.store.get(&identity, &machine.device)
        {
            machine.store.alias(*planned, identity);
            round.settle(&mut commands, *entity, recalled(found));
            continue;
        }
        match gather(node, run, &given) {
            Err(message) => {
                round.settle(
                    &mut commands,
                    *entity,
                    (None, Ended::without(Outcome::Failed(message))),
                );
            }
            Ok(gathered) => round.call(&mut commands, (run, node), (*place, *entity), gathered),
        }
    }
    round.close_groups(&runs, &machine, &waiting);
    let sent: FxHashSet<Entity> = round.calls.iter().flatten().map(|it| it.entity).collect();
    machine.left = ready.len() - round.settled - sent.len();
    for call in round.calls.iter().flatten() {
        commands
            .entity(call.entity)
            .remove::<Ready>()
            .insert(Running);
    }
    send(round.calls, &mut machine);
}

/// What one round of dispatch has decided.
#[derive(Default)]
struct Round {
    /// Orders for the workers: each one call, or several that are made together.
    calls: Vec<Vec<Call>>,
    /// Calls that others may join.
    groups: BTreeMap<Group, Vec<(Place, Call)>>,
    /// Nodes that ended without a call.
    settled: usize,
}

impl Round {
    /// A node ends here, with these outputs.
    fn settle(
        &mut self,
        commands: &mut Commands,
        entity: Entity,
        (outputs, ended): (Option<Outputs>, Ended),
    ) {
        self.settled += 1;
        let mut settled = commands.entity(entity);
        settled.remove::<Ready>().insert((ended, Fresh));
        if let Some(outputs) = outputs {
            settled.insert(outputs);
        }
    }

    /// A node is to be called, once or for each element.
    fn call(
        &mut self,
        commands: &mut Commands,
        (run, node): (&Run, &PlannedNode),
        (place, entity): (Place, Entity),
        gathered: Gathered,
    ) {
        let call = |values, element| Call {
            entity,
            element,
            place: place.node,
            values,
            nodes: run.nodes.clone(),
            shared: run.shared.clone(),
        };
        match gathered {
            Gathered::One(values) => self.add(node, place, call(values, None)),
            Gathered::Each(each) if each.is_empty() => {
                let outputs = Outputs::new(empty_lists(node));
                self.settle(
                    commands,
                    entity,
                    (Some(outputs), Ended::without(Outcome::Ran)),
                );
            }
            Gathered::Each(each) => {
                let count = each.len();
                commands.entity(entity).insert(Elements {
                    done: std::iter::repeat_with(|| None).take(count).collect(),
                    left: count,
                    failure: None,
                    time: Duration::ZERO,
                    copies: Copies::default(),
                });
                for (index, values) in each.into_iter().enumerate() {
                    self.add(node, place, call(values, Some((index, count))));
                }
            }
        }
    }

    fn add(&mut self, node: &PlannedNode, place: Place, call: Call) {
        match Group::of(node, &call) {
            Some(group) => self.groups.entry(group).or_default().push((place, call)),
            None => self.calls.push(vec![call]),
        }
    }

    /// Sends the groups that are full, and those that nobody will join soon.
    fn close_groups(
        &mut self,
        runs: &Runs,
        machine: &Machine,
        waiting: &Query<Waiting, With<Pending>>,
    ) {
        let is_idle = machine.in_flight == 0 && self.calls.is_empty() && !runs.are_more_coming;
        for (group, here) in std::mem::take(&mut self.groups) {
            // Elements of one list have all come, and go at once.
            let is_whole = here.iter().any(|(_, call)| call.element.is_some());
            let may_grow = !is_idle && !is_whole && group.may_grow(&here, runs, waiting);
            let mut together: Vec<Call> = here.into_iter().map(|(_, call)| call).collect();
            while together.len() >= group.most || (!together.is_empty() && !may_grow) {
                let count = group.most.min(together.len());
                self.calls.push(together.drain(..count).collect());
            }
        }
    }
}

/// A result that was kept under the key that the values of the inputs give.
fn recalled(found: weft_store::Recalled) -> (Option<Outputs>, Ended) {
    let outcome = Outcome::Recalled {
        tier: found.tier,
        saved: found.cost,
    };
    let outputs = Outputs::new(found.outputs);
    let ended = Ended::with(outcome, &outputs);
    (Some(outputs), ended)
}

/// Calls that may be made together: of one kind, with one batch key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    kind: String,
    build: [u8; 32],
    key: [u8; 32],
    most: usize,
}

impl Group {
    fn of(node: &PlannedNode, call: &Call) -> Option<Self> {
        let most = node.kind.kind.batch();
        let key = (most > 1).then(|| node.kind.kind.batch_key(&call.values));
        Some(Self {
            kind: node.id().to_owned(),
            build: *node.kind.build.as_bytes(),
            key: *key.flatten()?.as_bytes(),
            most,
        })
    }

    /// Whether another run may bring one more call: it has such a node that still waits for its inputs, or is
    /// about to be admitted.
    fn may_grow(
        &self,
        here: &[(Place, Call)],
        runs: &Runs,
        waiting: &Query<Waiting, With<Pending>>,
    ) -> bool {
        let is_here = |run: u64| here.iter().any(|(place, _)| place.run == run);
        runs.are_more_coming
            || waiting
                .iter()
                .any(|(place, is_ready, is_running, has_ended)| {
                    let is_waiting = !is_ready && !is_running && !has_ended;
                    is_waiting
                        && !is_here(place.run)
                        && runs.node(*place).is_some_and(|node| node.id() == self.kind)
                })
    }
}

fn send(calls: Vec<Vec<Call>>, machine: &mut Machine) {
    let stands_alone = calls.len() == 1 && machine.in_flight == 0;
    for calls in calls {
        machine.in_flight += 1;
        let order = Order {
            calls,
            device: machine.device.clone(),
            spare: Spare {
                store: machine.store.clone(),
                models: machine.models.clone(),
                most: machine.device_bytes,
            },
            answer: machine.answer.clone(),
        };
        if stands_alone {
            pool::carry_out(order);
        } else {
            machine.pool.give(order);
        }
    }
}

/// The key of the result, now that the values of the inputs are known.
fn identity(
    node: &PlannedNode,
    run: &Run,
    given: &Query<&Outputs>,
    identities: &Query<&Identity>,
) -> Digest {
    let stands_for = |from: usize, output: usize| {
        let Some(giver) = run.entities[from] else {
            return key::made(&run.nodes[from].key, output);
        };
        let digest = given
            .get(giver)
            .ok()
            .and_then(|outputs| outputs.digests.get(output).copied().flatten());
        let by_making = || {
            key::made(
                &identities
                    .get(giver)
                    .map_or(run.nodes[from].key, |identity| identity.0),
                output,
            )
        };
        digest.unwrap_or_else(by_making)
    };
    key::key(node, &run.names, &stands_for)
}

/// What a node that is mapped over nothing gives: nothing, of the right types.
fn empty_lists(node: &PlannedNode) -> Arc<[AnyValue]> {
    node.kind
        .spec
        .outputs
        .iter()
        .map(|port| AnyValue::list(port.ty.clone(), Vec::new()))
        .collect()
}
