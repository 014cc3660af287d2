//! What a node may know of its inputs before it runs, and where in the file it refuses one.

use weft_graph::{Argument, Node, part_of_text};
use weft_node::{Error, Place, Written};
use weft_spec::{Literal, Origin};

use crate::plan::Source;

/// How an input is written, given what the plan has made of it.
pub(crate) fn written(argument: &Argument, source: &Source) -> Written {
    match (argument, source) {
        (_, Source::Value { value, .. }) => Written::Value(value.clone()),
        (Argument::List { items, .. }, Source::List { items: sources, .. }) => {
            let items = items.iter().zip(sources);
            Written::List(items.map(|(item, source)| written(item, source)).collect())
        }
        (
            Argument::Call { arguments, .. },
            Source::Call {
                arguments: sources,
                name,
                ..
            },
        ) => {
            let arguments = arguments.iter().zip(sources);
            Written::Call {
                name: name.clone(),
                arguments: arguments
                    .map(|(argument, (name, source))| {
                        (name.clone(), written(&argument.value, source))
                    })
                    .collect(),
            }
        }
        (Argument::Wire { to, is_mapped, .. }, _) => Written::Wire {
            is_list: *is_mapped || to.element().is_some(),
        },
        _ => Written::Wire { is_list: true },
    }
}

/// Each thing that a node refuses, and what to underline: the part of the input if it says which, or else
/// the whole node.
pub(crate) fn refusals(error: &Error, node: &Node) -> Vec<(String, Origin)> {
    match error {
        Error::Several(errors) => {
            let errors = errors.iter();
            errors.flat_map(|error| refusals(error, node)).collect()
        }
        Error::At { input, place, .. } => {
            let argument = node.arguments.iter().find(|(port, _)| port == input);
            let origin = argument.map(|(_, argument)| part(argument, place));
            let origin = origin.unwrap_or_else(|| node.origin.clone());
            vec![(error.to_string(), origin)]
        }
        other => vec![(other.to_string(), node.origin.clone())],
    }
}

/// Where that part of an argument is written.
fn part(argument: &Argument, place: &Place) -> Origin {
    let whole = argument.origin();
    let part = match (argument, place) {
        (
            Argument::Literal {
                literal: Literal::Text(text),
                ..
            },
            Place::Text(span),
        ) if !span.is_empty() => part_of_text(whole, text, span.clone()),
        (Argument::List { items, .. }, Place::Item(item)) => {
            items.get(*item).map(|item| item.origin().clone())
        }
        _ => None,
    };
    part.unwrap_or_else(|| whole.clone())
}
