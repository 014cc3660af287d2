//! Fetches the results that are kept.

use std::time::Duration;

use bevy_ecs::prelude::*;

use crate::{
    Outcome,
    world::{Ended, Fresh, Identity, Kept, Key, Machine, Outputs, Place, Runs, Want},
};

/// Fetches every result that is kept. One that is gone by now, evicted or torn, is made after all.
pub(crate) fn recall(
    mut commands: Commands,
    mut runs: ResMut<Runs>,
    machine: Res<Machine>,
    kept: Query<(Entity, &Key, &Place), With<Kept>>,
) {
    for (entity, key, place) in &kept {
        let mut known = commands.entity(entity);
        known.remove::<Kept>();
        let Some(recalled) = machine.store.get(&key.0, &machine.device) else {
            runs.wanted.push((*place, Want::Made));
            continue;
        };
        let outcome = Outcome::Recalled {
            tier: recalled.tier,
            saved: recalled.cost,
        };
        let bytes = recalled
            .outputs
            .iter()
            .map(weft_value::AnyValue::bytes)
            .sum();
        let ended = Ended {
            outcome,
            time: Duration::ZERO,
            bytes,
        };
        known.insert((
            Identity(recalled.key),
            Outputs::new(recalled.outputs),
            ended,
            Fresh,
        ));
    }
}
