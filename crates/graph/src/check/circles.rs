//! Finds circles: sets of things that lead back to themselves.

use std::collections::{HashMap, VecDeque};

use petgraph::{algo::kosaraju_scc, graph::DiGraph, graph::NodeIndex};

/// A set of things each of which leads to all others.
pub(super) struct Circle {
    /// A shortest way from the first member back to it, which is not repeated at the end.
    pub(super) path: Vec<usize>,
    pub(super) members: Vec<usize>,
}

/// Every largest set that leads back to itself, ordered by its first member.
pub(super) fn circles(shape: &DiGraph<(), ()>) -> Vec<Circle> {
    // Tarjan's algorithm would be one pass, but petgraph's recurses.
    let mut circles: Vec<Circle> = kosaraju_scc(shape)
        .into_iter()
        .filter_map(|members| {
            let path = shortest(shape, &members)?;
            let members = members.into_iter().map(NodeIndex::index).collect();
            Some(Circle { path, members })
        })
        .collect();
    circles.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    circles
}

fn shortest(shape: &DiGraph<(), ()>, members: &[NodeIndex]) -> Option<Vec<usize>> {
    let first = *members.iter().min()?;
    if members.len() == 1 {
        return shape
            .contains_edge(first, first)
            .then(|| vec![first.index()]);
    }
    // Breadth first from the first member back to it, without leaving the set.
    let mut came_from: HashMap<NodeIndex, Option<NodeIndex>> =
        members.iter().map(|member| (*member, None)).collect();
    let mut queue = VecDeque::from([first]);
    while let Some(at) = queue.pop_front() {
        for next in shape.neighbors(at) {
            if next == first {
                return Some(path_back(&came_from, first, at));
            }
            if let Some(origin @ None) = came_from.get_mut(&next) {
                *origin = Some(at);
                queue.push_back(next);
            }
        }
    }
    None
}

fn path_back(
    came_from: &HashMap<NodeIndex, Option<NodeIndex>>,
    first: NodeIndex,
    last: NodeIndex,
) -> Vec<usize> {
    let mut path = vec![last.index()];
    let mut at = last;
    while at != first {
        let Some(Some(before)) = came_from.get(&at) else {
            break;
        };
        at = *before;
        path.push(at.index());
    }
    path.reverse();
    path
}
