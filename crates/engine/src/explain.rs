//! Why a node ran: what differs from the last time.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    Outcome, Plan, PlannedNode, Report,
    plan::{Source, Wire},
};

/// What a graph looked like when it last ran; kept between runs to tell what changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    nodes: BTreeMap<String, Past>,
}

/// What a node looked like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Past {
    key: String,
    code: String,
    inputs: BTreeMap<String, String>,
}

/// Why a node ran, or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was not in the graph before.
    New,
    /// An input is written otherwise: its name, what it was, what it is.
    Input(String, String, String),
    /// A node that it takes from changed: this one.
    Upstream(String),
    /// Its code is another build.
    Code,
    /// A file that it reads has other content.
    File(String),
    /// What it writes depends on the graph's inputs or text, which changed.
    Graph,
    /// Nothing changed, but its result was not kept: it is cheaper to make than to keep, or was let go.
    NotKept,
    /// Nothing changed.
    Unchanged,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("not run before"),
            Self::Input(input, was, is) => write!(f, "`{input}` changed: {was} -> {is}"),
            Self::Upstream(node) => write!(f, "`{node}` changed"),
            Self::Code => f.write_str("its code changed"),
            Self::File(input) => write!(f, "the file at `{input}` changed"),
            Self::Graph => f.write_str("the text or an input of the graph changed"),
            Self::NotKept => f.write_str("its result was not kept"),
            Self::Unchanged => f.write_str("unchanged"),
        }
    }
}

impl History {
    /// What `plan` looks like.
    pub fn of(plan: &Plan) -> Self {
        let past = |node: &PlannedNode| Past {
            key: node.key.to_string(),
            code: format!(
                "{} {} {}",
                node.kind.spec.id, node.kind.spec.version, node.kind.build
            ),
            inputs: node
                .inputs
                .iter()
                .map(|(port, source)| (port.clone(), written(source, plan)))
                .collect(),
        };
        Self {
            nodes: plan
                .nodes()
                .iter()
                .map(|node| (node.name().to_owned(), past(node)))
                .collect(),
        }
    }

    /// For each row of `report`, why it came out as it did, this history being the time before.
    pub fn reasons(&self, plan: &Plan, report: &Report) -> Vec<Reason> {
        let now = Self::of(plan);
        let rows = plan.nodes().iter().zip(&report.rows);
        rows.map(|(node, row)| match self.nodes.get(node.name()) {
            _ if matches!(row.outcome, Outcome::Recalled { .. } | Outcome::Unneeded) => {
                Reason::Unchanged
            }
            None => Reason::New,
            Some(past) => self.difference(past, &now.nodes[node.name()], node, plan),
        })
        .collect()
    }

    fn difference(&self, past: &Past, now: &Past, node: &PlannedNode, plan: &Plan) -> Reason {
        if past.key == now.key {
            return Reason::NotKept;
        }
        if past.code != now.code {
            return Reason::Code;
        }
        let changed = now
            .inputs
            .iter()
            .find(|(port, is)| past.inputs.get(*port) != Some(is));
        if let Some((port, is)) = changed {
            let was = past.inputs.get(port).map_or("nothing", String::as_str);
            let (was, is) = (without_hash(was), without_hash(is));
            return if was == is {
                Reason::File(port.clone())
            } else {
                Reason::Input(port.clone(), was, is)
            };
        }
        let mut upstream = None;
        for (_, source) in &node.inputs {
            source.for_each_wire(&mut |wire| {
                let giver = &plan.nodes()[wire.node];
                let is_same = self
                    .nodes
                    .get(giver.name())
                    .is_some_and(|past| past.key == giver.key.to_string());
                if !is_same {
                    upstream.get_or_insert_with(|| giver.name().to_owned());
                }
            });
        }
        upstream.map_or(Reason::Graph, Reason::Upstream)
    }
}

/// A literal as it is written, with the hash of its content, so that a changed file shows.
fn written(source: &Source, plan: &Plan) -> String {
    match source {
        Source::Value {
            digest, written, ..
        } => format!("{written} #{}", digest.short()),
        Source::Wire(Wire { node, output, .. }) => {
            format!("Wire({}.{output})", plan.nodes()[*node].name())
        }
        Source::Call {
            name, arguments, ..
        } => {
            let arguments: Vec<_> = arguments
                .iter()
                .map(|(_, argument)| written(argument, plan))
                .collect();
            format!("{name}({})", arguments.join(", "))
        }
        Source::List { items, .. } => {
            let items: Vec<_> = items.iter().map(|item| written(item, plan)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn without_hash(written: &str) -> String {
    written
        .rsplit_once(" #")
        .map_or(written, |(literal, _)| literal)
        .to_owned()
}
