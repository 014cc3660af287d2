//! Tells consumers that a node has ended.

use bevy_ecs::prelude::*;
use rustc_hash::FxHashSet;

use crate::{
    Outcome,
    world::{Ended, Fresh, Pending, Place, Ready, Runs, To, WiresOut},
};

/// Tells the consumers of every node that has just ended: one that has all it needs is ready; one that
/// takes from a failure has ended itself, which its own consumers hear in the same pass.
pub(crate) fn propagate(
    mut commands: Commands,
    runs: Res<Runs>,
    fresh: Query<(Entity, &Place, &Ended), With<Fresh>>,
    givers: Query<&WiresOut>,
    wires: Query<&To>,
    mut waiting: Query<&mut Pending, Without<Ended>>,
) {
    let mut told: Vec<(Entity, Option<Outcome>)> = Vec::new();
    for (entity, place, ended) in &fresh {
        commands.entity(entity).remove::<Fresh>();
        let passed_on = match &ended.outcome {
            Outcome::Failed(_) => {
                let name = runs.node(*place).map_or("", |node| &node.name);
                Some(Outcome::Blocked(name.to_owned()))
            }
            Outcome::Blocked(by) => Some(Outcome::Blocked(by.clone())),
            Outcome::Cancelled => Some(Outcome::Cancelled),
            _ => None,
        };
        told.push((entity, passed_on));
    }
    let mut blocked = FxHashSet::default();
    while let Some((giver, passed_on)) = told.pop() {
        let takers = givers.get(giver).into_iter().flat_map(|out| out.iter());
        for taker in takers
            .filter_map(|wire| wires.get(wire).ok())
            .map(|to| to.0)
        {
            let Ok(mut pending) = waiting.get_mut(taker) else {
                continue;
            };
            match &passed_on {
                None => {
                    pending.0 -= 1;
                    if pending.0 == 0 && !blocked.contains(&taker) {
                        commands.entity(taker).insert(Ready);
                    }
                }
                Some(outcome) if blocked.insert(taker) => {
                    let ended = Ended::without(outcome.clone());
                    commands.entity(taker).remove::<Ready>().insert(ended);
                    told.push((taker, passed_on.clone()));
                }
                Some(_) => {}
            }
        }
    }
}
