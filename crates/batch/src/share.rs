//! Which results serve several items: found by planning one item anew with one input changed at a time.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use weft_engine::Plan;
use weft_value::Digest;

use crate::{Group, Item, Items, Planner};

/// How many different results each node has over all items.
#[derive(Clone, Debug)]
pub struct Sharing {
    /// The nodes, in the order of the plan, with their results.
    pub nodes: Vec<(String, u64)>,
    items: u64,
}

impl Sharing {
    /// Asks `planner` for two plans, and two more for each input that varies.
    ///
    /// # Errors
    /// Why the first item cannot be planned.
    pub fn of(items: &Items, planner: &mut dyn Planner) -> Result<Self, String> {
        let first = items.get(0);
        let base = planner.plan(&first)?;
        let other = Item {
            key: Digest::of(b"another item"),
            label: format!("{} too", first.label),
            values: first.values.clone(),
        };
        let of_item = changed(&base, planner.plan(&other).ok().as_ref());
        let mut takes: Vec<BTreeSet<String>> = vec![BTreeSet::new(); base.nodes().len()];
        for input in items.inputs() {
            for other in with_others(items, &first, &input) {
                let changed = changed(&base, planner.plan(&other).ok().as_ref());
                let takers = takes.iter_mut().zip(changed);
                for (takes, _) in takers.filter(|(_, changed)| *changed) {
                    takes.insert(input.clone());
                }
            }
        }
        let count = |(takes, is_own): (&BTreeSet<String>, bool)| {
            if is_own {
                return items.len();
            }
            let each = items.groups().iter().map(|group| projections(group, takes));
            each.fold(1u64, u64::saturating_mul).min(items.len())
        };
        let counts = takes.iter().zip(of_item).map(count);
        let names = base.nodes().iter().map(|node| node.name().to_owned());
        Ok(Self {
            nodes: names.zip(counts).collect(),
            items: items.len(),
        })
    }

    /// For each node, whether its results serve several items.
    pub fn is_shared(&self) -> Arc<[bool]> {
        self.nodes
            .iter()
            .map(|(_, results)| *results < self.items)
            .collect()
    }

    /// How many nodes have fewer results than there are items.
    pub fn shared(&self) -> usize {
        self.nodes
            .iter()
            .filter(|(_, results)| *results < self.items)
            .count()
    }
}

/// For each node, whether its key is another one.
fn changed(base: &Plan, other: Option<&Plan>) -> Vec<bool> {
    let other = other.filter(|other| other.nodes().len() == base.nodes().len());
    let Some(other) = other else {
        // What cannot be planned tells nothing: then every node may take it.
        return vec![true; base.nodes().len()];
    };
    let nodes = base.nodes().iter().zip(other.nodes());
    nodes
        .map(|(base, other)| base.key() != other.key())
        .collect()
}

/// The first item with other values of one input: the first other one, and the last, since two files may be alike.
fn with_others(items: &Items, first: &Item, input: &str) -> Vec<Item> {
    let Some(place) = first.values.iter().position(|(name, _)| name == input) else {
        return Vec::new();
    };
    let said = |row: &crate::Row| {
        let cell = row.cells.iter().find(|cell| cell.input == input);
        let drawn = row.template.as_ref().filter(|(name, _)| name == input);
        cell.map(|cell| cell.text.clone())
            .or_else(|| drawn.map(|(_, template)| template.draw(&Digest::of(b"another draw"))))
    };
    let rows = items.groups().iter().flat_map(|group| &group.rows);
    let mut others = rows
        .filter_map(said)
        .filter(|text| *text != first.values[place].1);
    let ends = others.next().into_iter().chain(others.next_back());
    let with = |text| {
        let mut item = first.clone();
        item.values[place].1 = text;
        item
    };
    ends.map(with).collect()
}

/// In how many ways the rows of a group set those inputs.
fn projections(group: &Group, inputs: &BTreeSet<String>) -> u64 {
    let is_drawn = |row: &crate::Row| {
        row.template
            .as_ref()
            .is_some_and(|(name, _)| inputs.contains(name))
    };
    if group.rows.iter().any(is_drawn) {
        // Each draw may be a different one.
        return u64::MAX;
    }
    let project = |row: &crate::Row| -> Vec<(String, String)> {
        let cells = row.cells.iter().filter(|cell| inputs.contains(&cell.input));
        cells
            .map(|cell| (cell.input.clone(), cell.text.clone()))
            .collect()
    };
    let distinct: HashSet<_> = group.rows.iter().map(project).collect();
    distinct.len() as u64
}
