//! Takes in what the workers made, and keeps it.

use bevy_ecs::prelude::*;
use weft_node::Error;
use weft_tensor::Trouble;
use weft_value::AnyValue;

use crate::{
    Event, Outcome,
    plan::PlannedNode,
    world::{
        Answer, Elements, Ended, Failure, Fresh, Identity, Key, Machine, Outputs, Place, Running,
        Runs,
    },
};

/// Takes in every answer that has come.
pub(crate) fn collect(
    mut commands: Commands,
    runs: Res<Runs>,
    mut machine: ResMut<Machine>,
    mut running: Query<(&Place, &Key, &Identity, Option<&mut Elements>), With<Running>>,
) {
    let mut arrived = std::mem::take(&mut machine.arrived);
    arrived.extend(machine.answers.try_iter());
    machine.in_flight -= arrived.len();
    if !arrived.is_empty() {
        machine.left = 0;
    }
    for Answer {
        entity,
        element,
        result,
        time,
        copies,
    } in arrived.into_iter().flatten()
    {
        let Ok((place, key, identity, elements)) = running.get_mut(entity) else {
            continue;
        };
        let Some((run, node)) = runs.of(*place).zip(runs.node(*place)) else {
            continue;
        };
        let (result, time, copies) = match (elements, element) {
            (Some(mut elements), Some(index)) => {
                elements.time += time;
                elements.copies += copies;
                match take_element(&mut elements, index, result) {
                    Some(result) => {
                        let made = result.map(|each| lists(node, each));
                        (made, elements.time, elements.copies)
                    }
                    None => {
                        let total = elements.done.len() as u64;
                        let done = total - elements.left as u64;
                        run.shared.events.on(Event::Step {
                            node: &node.name,
                            done,
                            total,
                        });
                        continue;
                    }
                }
            }
            _ => (result, time, copies),
        };
        let mut ended = commands.entity(entity);
        ended.remove::<(Running, Elements)>();
        match result {
            Ok(values) => {
                let outputs = Outputs::new(values.into());
                if run
                    .is_shared
                    .as_ref()
                    .is_none_or(|is_shared| is_shared[place.node])
                {
                    machine.store.put(identity.0, outputs.values.clone(), time);
                    if identity.0 != key.0 {
                        machine.store.alias(key.0, identity.0);
                    }
                } else {
                    machine.store.put_aside(identity.0, &outputs.values, time);
                }
                let how = Ended {
                    time,
                    copies,
                    ..Ended::with(Outcome::Ran, &outputs)
                };
                ended.insert((outputs, how, Fresh));
            }
            Err(failure) => {
                let how = Ended {
                    time,
                    copies,
                    ..Ended::without(outcome(failure))
                };
                ended.insert((how, Fresh));
            }
        }
    }
}

fn outcome(failure: Failure) -> Outcome {
    match failure {
        Failure::Error(Error::Cancelled) => Outcome::Cancelled,
        Failure::Error(error) => Outcome::Failed(error.to_string()),
        Failure::Panic(message) => Outcome::Failed(format!(
            "the node panicked, which is a bug in it: {message}"
        )),
        Failure::Device(trouble @ Trouble::Memory(_)) => Outcome::Failed(format!(
            "{trouble}; make the picture or its tiles smaller, or compute with `--device cpu`"
        )),
        Failure::Device(trouble) => Outcome::Failed(trouble.to_string()),
    }
}

/// Puts one element in its place; the whole, when it was the last. The first failure in the order of
/// the list is the one that is told.
fn take_element(
    elements: &mut Elements,
    index: usize,
    result: Result<Vec<AnyValue>, Failure>,
) -> Option<Result<Vec<Vec<AnyValue>>, Failure>> {
    elements.left -= 1;
    match result {
        Ok(values) => elements.done[index] = Some(values),
        Err(Failure::Error(Error::Cancelled)) => {
            elements.failure = Some(Failure::Error(Error::Cancelled))
        }
        Err(failure) => {
            let count = elements.done.len();
            let place = format!("element {index} of {count}");
            let told = match failure {
                Failure::Error(error) => Failure::Error(Error::Input {
                    input: None,
                    message: format!("{place}: {error}"),
                }),
                Failure::Panic(message) => Failure::Panic(format!("{place}: {message}")),
                Failure::Device(trouble) => Failure::Device(trouble),
            };
            elements.failure.get_or_insert(told);
        }
    }
    if elements.left > 0 {
        return None;
    }
    Some(match elements.failure.take() {
        Some(failure) => Err(failure),
        None => Ok(elements.done.drain(..).flatten().collect()),
    })
}

/// Turns one answer per element into one list per output.
fn lists(node: &PlannedNode, each: Vec<Vec<AnyValue>>) -> Vec<AnyValue> {
    let outputs = node.kind.spec.outputs.iter().enumerate();
    let list = |(index, port): (usize, &weft_spec::OutputSpec)| {
        AnyValue::list(
            port.ty.clone(),
            each.iter()
                .filter_map(|values| values.get(index).cloned())
                .collect(),
        )
    };
    outputs.map(list).collect()
}
