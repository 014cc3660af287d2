//! Sends nodes whose inputs have come to the workers.

use std::{sync::Arc, time::Duration};

use bevy_ecs::prelude::*;
use weft_value::{AnyValue, Digest};

use super::inputs::{Gathered, gather};
use crate::{
    Outcome, key,
    plan::PlannedNode,
    pool::{self, Order},
    world::{
        Call, Elements, Ended, Fresh, Identity, Key, Machine, Outputs, Place, Ready, Run, Running,
    },
};

/// Sends every ready node to the workers, in the order of the plan. A single one, with nothing else to
/// do, runs right here: a chain then pays for no hand-over between threads.
pub(crate) fn dispatch(
    mut commands: Commands,
    run: Res<Run>,
    mut machine: ResMut<Machine>,
    ready: Query<(Entity, &Key, &Place), With<Ready>>,
    given: Query<&Outputs>,
    identities: Query<&Identity>,
) {
    let mut ready: Vec<_> = ready
        .iter()
        .map(|(entity, key, place)| (place.0, entity, key.0))
        .collect();
    ready.sort_unstable_by_key(|(place, ..)| *place);
    let mut calls = Vec::new();
    for (place, entity, planned_key) in ready {
        let node = &run.nodes[place];
        let mut sent = commands.entity(entity);
        sent.remove::<Ready>();
        if run.shared.cancel.is_cancelled() {
            sent.insert((end(Outcome::Cancelled), Fresh));
            continue;
        }
        let identity = identity(node, &run, &given, &identities);
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
            sent.insert((
                Outputs::new(found.outputs),
                Ended {
                    outcome,
                    time: Duration::ZERO,
                    bytes,
                },
                Fresh,
            ));
            continue;
        }
        match gather(node, &run, &given) {
            Err(message) => {
                sent.insert((end(Outcome::Failed(message)), Fresh));
            }
            Ok(Gathered::One(values)) => {
                sent.insert(Running);
                calls.push(Call {
                    entity,
                    element: None,
                    place,
                    values,
                });
            }
            Ok(Gathered::Each(each)) if each.is_empty() => {
                sent.insert((Outputs::new(empty_lists(node)), end(Outcome::Ran), Fresh));
            }
            Ok(Gathered::Each(each)) => {
                let count = each.len();
                let done = std::iter::repeat_with(|| None).take(count).collect();
                sent.insert((
                    Running,
                    Elements {
                        done,
                        left: count,
                        failure: None,
                        time: Duration::ZERO,
                    },
                ));
                let call = |(index, values)| Call {
                    entity,
                    element: Some((index, count)),
                    place,
                    values,
                };
                calls.extend(each.into_iter().enumerate().map(call));
            }
        }
    }
    send(calls, &run, &mut machine);
}

fn send(calls: Vec<Call>, run: &Run, machine: &mut Machine) {
    let stands_alone = calls.len() == 1 && machine.in_flight == 0;
    for call in calls {
        machine.in_flight += 1;
        let (nodes, shared) = (run.nodes.clone(), run.shared.clone());
        let (device, answer) = (machine.device.clone(), machine.answer.clone());
        let order = Order {
            call,
            nodes,
            shared,
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
