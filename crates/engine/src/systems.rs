//! The six systems, in the order in which they run in each tick.

mod admit;
mod collect;
mod dispatch;
mod inputs;
mod propagate;
mod recall;
mod release;

use bevy_ecs::{prelude::*, schedule::SingleThreadedExecutor};

use crate::{
    Event,
    world::{Ended, Place, Running, Runs},
};

#[derive(bevy_ecs::schedule::ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct Tick;

/// One tick of the engine.
pub(crate) fn schedule() -> Schedule {
    let mut schedule = Schedule::new(Tick);
    // The systems are short and each needs what the one before did; nodes run on the pool.
    schedule.set_executor(SingleThreadedExecutor::new());
    schedule.add_systems(
        (
            admit::admit,
            recall::recall,
            // A kept result that turned out to be gone is admitted anew before anything moves on.
            (
                dispatch::dispatch,
                collect::collect,
                propagate::propagate,
                release::release,
            )
                .chain()
                .run_if(|runs: Res<Runs>| runs.wanted.is_empty()),
        )
            .chain(),
    );
    schedule
}

/// Has the events of a run told as components come and go.
pub(crate) fn observe(world: &mut World) {
    world.add_observer(
        |start: On<Add<Running>>, places: Query<&Place>, runs: Res<Runs>| {
            if let Ok(place) = places.get(start.entity)
                && let Some(run) = runs.of(*place)
            {
                run.shared.events.on(Event::Started {
                    node: &run.nodes[place.node].name,
                });
            }
        },
    );
    world.add_observer(
        |end: On<Add<Ended>>, ends: Query<(&Place, &Ended)>, runs: Res<Runs>| {
            if let Ok((place, ended)) = ends.get(end.entity)
                && let Some(run) = runs.of(*place)
            {
                let node = &run.nodes[place.node].name;
                run.shared.events.on(Event::Finished {
                    node,
                    outcome: &ended.outcome,
                    time: ended.time,
                });
            }
        },
    );
}
