//! Admits what is wanted: an entity for each result, wires between those that must be made.

use bevy_ecs::prelude::*;

use crate::{
    plan::PlannedNode,
    world::{From, Identity, Kept, Key, Machine, Pending, Place, Ready, Run, To, Uses, Want},
};

/// Walks from the wanted results towards their makings and stops at those that are kept, so a graph in
/// which nothing changed costs one look.
pub(crate) fn admit(
    mut commands: Commands,
    mut run: ResMut<Run>,
    machine: Res<Machine>,
    mut uses: Query<&mut Uses>,
) {
    if run.wanted.is_empty() {
        return;
    }
    let nodes = run.nodes.clone();
    let mut feeds: Vec<(usize, usize)> = Vec::new();
    let mut new_uses = vec![0usize; nodes.len()];
    while let Some((place, want)) = run.wanted.pop() {
        let node = &nodes[place];
        if want == Want::Any && is_known(&mut run, place, node) {
            continue;
        }
        let entity = match run.entities[place] {
            Some(entity) => entity,
            None => commands
                .spawn((Key(node.key), Identity(node.key), Place(place)))
                .id(),
        };
        run.entities[place] = Some(entity);
        run.by_key.insert(node.key, entity);
        if want == Want::Any && machine.store.find(&node.key).is_some() {
            commands.entity(entity).insert((Kept, Uses(0)));
            continue;
        }
        let mut takes = 0;
        for (_, source) in &node.inputs {
            source.for_each_wire(&mut |wire| {
                takes += 1;
                feeds.push((wire.node, place));
                run.wanted.push((wire.node, Want::Any));
            });
        }
        let mut admitted = commands.entity(entity);
        admitted.insert((Pending(takes), Uses(0)));
        if takes == 0 {
            admitted.insert(Ready);
        }
    }
    for (giver, taker) in feeds {
        if let (Some(from), Some(to)) = (run.entities[giver], run.entities[taker]) {
            commands.spawn((From(from), To(to)));
            new_uses[giver] += 1;
        }
    }
    add_uses(&mut commands, &run, &new_uses, &mut uses);
}

/// Whether an entity makes this result already, for this node or an equal one.
fn is_known(run: &mut Run, place: usize, node: &PlannedNode) -> bool {
    if run.entities[place].is_none() {
        run.entities[place] = run.by_key.get(&node.key).copied();
    }
    run.entities[place].is_some()
}

/// Nodes with equal keys share an entity, so their uses add up.
fn add_uses(commands: &mut Commands, run: &Run, new_uses: &[usize], uses: &mut Query<&mut Uses>) {
    let mut total = rustc_hash::FxHashMap::default();
    for (place, count) in new_uses.iter().enumerate().filter(|(_, count)| **count > 0) {
        if let Some(entity) = run.entities[place] {
            *total.entry(entity).or_insert(0) += count;
        }
    }
    let mut total: Vec<_> = total.into_iter().collect();
    total.sort_unstable_by_key(|(entity, _)| *entity);
    for (entity, count) in total {
        match uses.get_mut(entity) {
            Ok(mut uses) => uses.0 += count,
            Err(_) => {
                commands.entity(entity).insert(Uses(count));
            }
        }
    }
}
