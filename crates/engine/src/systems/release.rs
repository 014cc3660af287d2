//! Lets go of outputs with their last consumer.

use bevy_ecs::prelude::*;

use crate::world::{Ended, From, Outputs, Uses, WiresIn};

/// Lets go of the outputs of every node whose consumers have all ended; what a run wants for itself is let go at
/// its end.
pub(crate) fn release(
    mut commands: Commands,
    ended: Query<(Entity, &WiresIn), With<Ended>>,
    wires: Query<&From>,
    mut givers: Query<&mut Uses>,
) {
    for (entity, wires_in) in &ended {
        for wire in wires_in.iter() {
            if let Ok(From(giver)) = wires.get(wire)
                && let Ok(mut uses) = givers.get_mut(*giver)
            {
                uses.0 = uses.0.saturating_sub(1);
                if uses.0 == 0 {
                    commands.entity(*giver).remove::<Outputs>();
                }
            }
            commands.entity(wire).despawn();
        }
        commands.entity(entity).remove::<WiresIn>();
    }
}
