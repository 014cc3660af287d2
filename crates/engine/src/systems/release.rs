//! Lets go of outputs with their last consumer.

use bevy_ecs::prelude::*;

use crate::world::{Ended, From, Outputs, Place, Run, Uses, WiresIn};

/// Lets go of the outputs of every node whose consumers have all ended; ends of the graph keep theirs.
pub(crate) fn release(
    mut commands: Commands,
    run: Res<Run>,
    ended: Query<(Entity, &WiresIn), With<Ended>>,
    wires: Query<&From>,
    mut givers: Query<(&mut Uses, &Place)>,
) {
    for (entity, wires_in) in &ended {
        for giver in wires_in
            .iter()
            .filter_map(|wire| wires.get(wire).ok())
            .map(|from| from.0)
        {
            let Ok((mut uses, place)) = givers.get_mut(giver) else {
                continue;
            };
            uses.0 = uses.0.saturating_sub(1);
            if uses.0 == 0 && !run.is_target[place.0] {
                commands.entity(giver).remove::<Outputs>();
            }
        }
        commands.entity(entity).remove::<WiresIn>();
    }
}
