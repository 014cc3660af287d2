//! Admits what is wanted: an entity for each result, wires between those that must be made.

use bevy_ecs::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    plan::PlannedNode,
    world::{
        Ended, Fresh, From, Holders, Identity, Kept, Key, Machine, Outputs, Pending, Place, Ready,
        Runs, To, Uses, Want,
    },
};

/// What is known of an entity that may serve another run too.
type Known<'a> = (
    Option<&'a mut Uses>,
    Option<&'a mut Holders>,
    Has<Ended>,
    Has<Fresh>,
    Has<Outputs>,
);

/// Walks from the wanted results towards their makings and stops at those that are kept, so a graph in
/// which nothing changed costs one look.
pub(crate) fn admit(
    mut commands: Commands,
    mut runs: ResMut<Runs>,
    machine: Res<Machine>,
    mut known: Query<Known>,
) {
    if runs.wanted.is_empty() {
        return;
    }
    let mut admission = Admission::default();
    while let Some((place, want)) = runs.wanted.pop() {
        let Some(nodes) = runs.of(place).map(|run| run.nodes.clone()) else {
            continue;
        };
        let node = &nodes[place.node];
        if want == Want::Any && is_known(&mut runs, (place, node), &known, &mut admission) {
            continue;
        }
        let entity = match runs.all[&place.run].entities[place.node] {
            Some(entity) => entity,
            None => {
                let made = (Key(node.key), Identity(node.key), place);
                let entity = commands.spawn(made).id();
                admission.add(&mut runs, (place, node), entity);
                entity
            }
        };
        if want == Want::Any && machine.store.find(&node.key).is_some() {
            commands.entity(entity).insert(Kept);
            continue;
        }
        admission.made.push((entity, place));
        for (_, source) in &node.inputs {
            source.for_each_wire(&mut |wire| {
                let giver = Place {
                    node: wire.node,
                    ..place
                };
                admission.feeds.push((giver, place));
                runs.wanted.push((giver, Want::Any));
            });
        }
    }
    admission.wire(&mut commands, &runs, &mut known);
}

/// What one pass has admitted.
#[derive(Default)]
struct Admission {
    /// Entities that a run holds now and did not before.
    held: Vec<Entity>,
    /// The entity of each place that a run wants for itself.
    targets: Vec<Entity>,
    /// What must be made.
    made: Vec<(Entity, Place)>,
    /// Who takes from whom.
    feeds: Vec<(Place, Place)>,
}

impl Admission {
    fn add(&mut self, runs: &mut Runs, (place, node): (Place, &PlannedNode), entity: Entity) {
        if let Some(run) = runs.all.get_mut(&place.run) {
            run.entities[place.node] = Some(entity);
            if run.held.insert(entity) {
                self.held.push(entity);
            }
            if run.targets.binary_search(&place.node).is_ok() {
                self.targets.push(entity);
            }
        }
        runs.by_key.insert(node.key, entity);
    }

    /// Draws the wires, and counts what each entity waits for, gives to, and belongs to.
    fn wire(self, commands: &mut Commands, runs: &Runs, known: &mut Query<Known>) {
        let entity = |place: Place| runs.of(place)?.entities[place.node];
        let mut uses: FxHashMap<Entity, usize> = FxHashMap::default();
        let mut waits: FxHashMap<Entity, usize> = FxHashMap::default();
        for (giver, taker) in self.feeds {
            if let (Some(from), Some(to)) = (entity(giver), entity(taker)) {
                commands.spawn((From(from), To(to)));
                *uses.entry(from).or_default() += 1;
                // One that has ended, and whose takers have been told, will not tell again.
                let is_over = known
                    .get(from)
                    .is_ok_and(|(_, _, ended, fresh, _)| ended && !fresh);
                *waits.entry(to).or_default() += usize::from(!is_over);
            }
        }
        for (maker, _) in self.made {
            let pending = waits.get(&maker).copied().unwrap_or(0);
            commands.entity(maker).insert(Pending(pending));
            if pending == 0 {
                commands.entity(maker).insert(Ready);
            }
        }
        let mut holders: FxHashMap<Entity, usize> = FxHashMap::default();
        for held in self.held {
            *holders.entry(held).or_default() += 1;
            uses.entry(held).or_default();
        }
        for target in self.targets {
            *uses.entry(target).or_default() += 1;
        }
        let mut counted: Vec<_> = uses.into_iter().collect();
        counted.sort_unstable_by_key(|(entity, _)| *entity);
        for (entity, more) in counted {
            let held = holders.get(&entity).copied().unwrap_or(0);
            match known.get_mut(entity) {
                Ok((Some(mut uses), Some(mut holders), ..)) => {
                    uses.0 += more;
                    holders.0 += held;
                }
                _ => {
                    commands.entity(entity).insert((Uses(more), Holders(held)));
                }
            }
        }
    }
}

/// Whether an entity makes this result already: for this node, for an equal one, or for another run. One that
/// has failed, or has let its outputs go, cannot serve a run that comes later.
fn is_known(
    runs: &mut Runs,
    (place, node): (Place, &PlannedNode),
    known: &Query<Known>,
    admission: &mut Admission,
) -> bool {
    let run = &runs.all[&place.run];
    if run.entities[place.node].is_some() {
        return true;
    }
    let Some(entity) = runs.by_key.get(&node.key).copied() else {
        return false;
    };
    let is_over = known
        .get(entity)
        .is_ok_and(|(_, _, ended, fresh, outputs)| ended && !fresh && !outputs);
    if is_over && !run.held.contains(&entity) {
        return false;
    }
    admission.add(runs, (place, node), entity);
    true
}
