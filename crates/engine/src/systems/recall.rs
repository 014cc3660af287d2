//! Fetches the results that are kept.

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
        let outputs = Outputs::new(recalled.outputs);
        let ended = Ended::with(outcome, &outputs);
        known.insert((Identity(recalled.key), outputs, ended, Fresh));
    }
}
