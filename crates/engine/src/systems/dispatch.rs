//! Sends nodes whose inputs have come to the workers.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bevy_ecs::prelude::*;
use rustc_hash::FxHashSet;
use weft_value::{AnyValue, Digest};

use super::inputs::{Gathered, gather};
use crate::{
    Outcome, key,
    plan::PlannedNode,
    pool::{self, Order},
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
    let mut calls = Vec::new();
    let mut groups: BTreeMap<Group, Vec<(Place, Call)>> = BTreeMap::new();
    let mut settled = 0;
    for &(place, entity, planned_key) in &ready {
        let Some((run, node)) = runs.of(place).zip(runs.node(place)) else {
            continue;
        };
        if machine.in_flight + calls.len() >= most && !run.shared.cancel.is_cancelled() {
            // Those that wait stay ready; an older run comes first again next time.
            continue;
        }
        let mut sent = commands.entity(entity);
        if run.shared.cancel.is_cancelled() {
            settled += 1;
            sent.remove::<Ready>();
            sent.insert((end(Outcome::Cancelled), Fresh));
            continue;
        }
        let identity = identity(node, run, &given, &identities);
        sent.insert(Identity(identity));
        if identity != planned_key
            && let Some(found) = machine.store.get(&identity, &machine.device)
        {
            machine.store.alias(planned_key, identity);
            let outcome = Outcome::Recalled {
                tier: found.tier,
                saved: found.cost,
            };
            let bytes = found.outputs.iter().map(AnyValue::bytes).sum();
            let ended = Ended {
                outcome,
                time: Duration::ZERO,
                bytes,
            };
            settled += 1;
            sent.remove::<Ready>();
            sent.insert((Outputs::new(found.outputs), ended, Fresh));
            continue;
        }
        let call = |values, element| Call {
            entity,
            element,
            place: place.node,
            values,
            nodes: run.nodes.clone(),
            shared: run.shared.clone(),
        };
        match gather(node, run, &given) {
            Err(message) => {
                settled += 1;
                sent.remove::<Ready>();
                sent.insert((end(Outcome::Failed(message)), Fresh));
            }
            Ok(Gathered::One(values)) => {
                let call = call(values, None);
                match Group::of(node, &call) {
                    Some(group) => groups.entry(group).or_default().push((place, call)),
                    None => calls.push(vec![call]),
                }
            }
            Ok(Gathered::Each(each)) if each.is_empty() => {
                settled += 1;
                sent.remove::<Ready>();
                sent.insert((Outputs::new(empty_lists(node)), end(Outcome::Ran), Fresh));
            }
            Ok(Gathered::Each(each)) => {
                let count = each.len();
                let done = std::iter::repeat_with(|| None).take(count).collect();
                sent.insert(Elements {
                    done,
                    left: count,
                    failure: None,
                    time: Duration::ZERO,
                });
                for (index, values) in each.into_iter().enumerate() {
                    let call = call(values, Some((index, count)));
                    match Group::of(node, &call) {
                        Some(group) => groups.entry(group).or_default().push((place, call)),
                        None => calls.push(vec![call]),
                    }
                }
            }
        }
    }
    let is_idle = machine.in_flight == 0 && calls.is_empty() && !runs.are_more_coming;
    for (group, waiting_here) in groups {
        // Elements of one list have all come, and go at once.
        let is_whole = waiting_here.iter().any(|(_, call)| call.element.is_some());
        let may_grow = !is_idle && !is_whole && group.may_grow(&waiting_here, &runs, &waiting);
        let mut together: Vec<Call> = waiting_here.into_iter().map(|(_, call)| call).collect();
        while together.len() >= group.most || (!together.is_empty() && !may_grow) {
            let count = group.most.min(together.len());
            calls.push(together.drain(..count).collect());
        }
    }
    let sent: FxHashSet<Entity> = calls.iter().flatten().map(|call| call.entity).collect();
    machine.left = ready.len() - settled - sent.len();
    for call in calls.iter().flatten() {
        commands
            .entity(call.entity)
            .remove::<Ready>()
            .insert(Running);
    }
    send(calls, &mut machine);
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
        let (device, answer) = (machine.device.clone(), machine.answer.clone());
        let order = Order {
            calls,
            device,
            answer,
        };
        if stands_alone {
            pool::carry_out(order);
        } else {
            machine.pool.give(order);
        }
    }
}

fn end(outcome: Outcome) -> Ended {
    Ended {
        outcome,
        time: Duration::ZERO,
        bytes: 0,
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
