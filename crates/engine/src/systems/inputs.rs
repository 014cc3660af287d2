//! Gathers the values that have come for a node, converted, spliced and split into elements.

use std::borrow::Cow;

use bevy_ecs::prelude::*;
use weft_node::Values;
use weft_value::{AnyValue, Call, convert};

use crate::{
    plan::{PlannedNode, Source, Wire},
    world::{Outputs, Run},
};

/// The values for one call of `node`, or for one call per element if it is mapped.
pub(super) enum Gathered {
    One(Values),
    Each(Vec<Values>),
}

/// Gathers the values of all inputs of `node`.
///
/// # Errors
/// A sentence on lists whose lengths differ, or on a value that is not what its wire promised.
pub(super) fn gather(
    node: &PlannedNode,
    run: &Run,
    given: &Query<&Outputs>,
) -> Result<Gathered, String> {
    let mut whole: Vec<(&str, AnyValue)> = Vec::new();
    let mut split: Vec<(&str, Vec<AnyValue>)> = Vec::new();
    for (port, source) in &node.inputs {
        match source {
            Source::Wire(wire) if wire.is_mapped => split.push((port, elements(wire, run, given)?)),
            Source::List {
                is_mapped: true, ..
            } => {
                let list = value(source, run, given)?;
                split.push((port, list.items().unwrap_or_default().to_vec()));
            }
            source => whole.push((port, value(source, run, given)?)),
        }
    }
    let once = || {
        let mut values = Values::default();
        whole
            .iter()
            .for_each(|(port, value)| values.put(*port, value.clone()));
        values
    };
    let Some((first, rest)) = split.split_first() else {
        return Ok(Gathered::One(once()));
    };
    if let Some(other) = rest.iter().find(|(_, items)| items.len() != first.1.len()) {
        return Err(format!(
            "is mapped over lists of different lengths: `{}` has {}, `{}` has {}",
            first.0,
            first.1.len(),
            other.0,
            other.1.len()
        ));
    }
    let element = |index: usize| {
        let mut values = once();
        split
            .iter()
            .for_each(|(port, items)| values.put(*port, items[index].clone()));
        values
    };
    Ok(Gathered::Each((0..first.1.len()).map(element).collect()))
}

fn value(source: &Source, run: &Run, given: &Query<&Outputs>) -> Result<AnyValue, String> {
    match source {
        Source::Value { value, .. } => Ok(value.clone()),
        Source::Wire(wire) => converted(arrived(wire, run, given)?, wire).map(Cow::into_owned),
        Source::Call {
            name,
            ty,
            arguments,
        } => {
            let mut given_to = Vec::with_capacity(arguments.len());
            for (argument, source) in arguments {
                given_to.push((argument.clone(), value(source, run, given)?));
            }
            ty.call(Call::new(name, given_to))
        }
        Source::List { element, items, .. } => {
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                let item = value(item, run, given)?;
                match item.items() {
                    Some(spliced) => list.extend_from_slice(spliced),
                    None => list.push(item),
                }
            }
            Ok(AnyValue::list(element.clone(), list))
        }
    }
}

fn arrived<'a>(wire: &Wire, run: &Run, given: &'a Query<&Outputs>) -> Result<&'a AnyValue, String> {
    let giver = run.entities[wire.node].and_then(|entity| given.get(entity).ok());
    let value = giver.and_then(|outputs| outputs.values.get(wire.output));
    value.ok_or_else(|| {
        format!(
            "never got the output {} of `{}`",
            wire.output, run.nodes[wire.node].name
        )
    })
}

fn converted<'a>(value: &'a AnyValue, wire: &Wire) -> Result<Cow<'a, AnyValue>, String> {
    let Some(to) = &wire.convert else {
        return Ok(Cow::Borrowed(value));
    };
    let (from, items) = (value.type_name(), value.items());
    let converted = match (to.element(), items) {
        (Some(element), Some(items)) => {
            let items: Option<_> = items.iter().map(|item| convert(item, &element)).collect();
            items.map(|items| AnyValue::list(element, items))
        }
        _ => convert(value, to),
    };
    converted
        .map(Cow::Owned)
        .ok_or_else(|| format!("cannot take a value of type {from} as {to}"))
}

fn elements(wire: &Wire, run: &Run, given: &Query<&Outputs>) -> Result<Vec<AnyValue>, String> {
    let list = arrived(wire, run, given)?;
    let Some(items) = list.items() else {
        return Err(format!(
            "is mapped over {}, which is no list",
            list.type_name()
        ));
    };
    items
        .iter()
        .map(|item| converted(item, wire).map(Cow::into_owned))
        .collect()
}
