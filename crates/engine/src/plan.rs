//! From a valid graph to one that can run: literals become values, every node gets its key.

use std::sync::Arc;

use weft_graph::{Argument, Graph, Node};
use weft_node::{Facts, Values};
use weft_spec::{Effect, Form, HUB, Literal, Origin, TypeName};
use weft_value::{AnyValue, Digest, File, Hasher, ValueType};

use crate::{
    ItemNames, Names, Packs, PlanProblem, facts, key, packs::Registered, reading::Reading,
};

/// A graph that can run: every node known, every literal a value, every file read and hashed.
#[derive(Clone)]
pub struct Plan {
    nodes: Arc<[PlannedNode]>,
    names: Arc<Names>,
    names_digest: Digest,
    seeds: Arc<[(Arc<str>, u64)]>,
}

/// One node that can run.
pub struct PlannedNode {
    pub(crate) name: Arc<str>,
    pub(crate) kind: Registered,
    pub(crate) inputs: Vec<(String, Source)>,
    pub(crate) is_mapped: bool,
    pub(crate) key: Digest,
    pub(crate) origin: Origin,
    /// How many inputs take this node's outputs.
    pub(crate) consumers: usize,
}

/// Where the value of an input comes from.
#[derive(Clone)]
pub(crate) enum Source {
    /// Written in the file.
    Value {
        value: AnyValue,
        digest: Digest,
        written: String,
    },
    /// Another node.
    Wire(Wire),
    /// Made of several of these.
    Call {
        name: String,
        ty: ValueType,
        arguments: Vec<(String, Source)>,
    },
    /// Several of these; a list among them is spliced.
    List {
        element: TypeName,
        items: Vec<Source>,
        is_mapped: bool,
    },
}

/// An output of another node.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) node: usize,
    pub(crate) output: usize,
    pub(crate) convert: Option<TypeName>,
    pub(crate) is_mapped: bool,
}

impl Source {
    /// Calls `visit` with every wire in it.
    pub(crate) fn for_each_wire(&self, visit: &mut dyn FnMut(&Wire)) {
        match self {
            Self::Value { .. } => {}
            Self::Wire(wire) => visit(wire),
            Self::Call { arguments, .. } => {
                for (_, argument) in arguments {
                    argument.for_each_wire(visit);
                }
            }
            Self::List { items, .. } => items.iter().for_each(|item| item.for_each_wire(visit)),
        }
    }
}

impl PlannedNode {
    /// The name in the graph; `outer/inner` within a subgraph.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of its kind.
    pub fn id(&self) -> &str {
        &self.kind.spec.id
    }

    /// The key of its result, as known before anything runs.
    pub fn key(&self) -> Digest {
        self.key
    }

    /// Where it is written.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether it is an end of the graph: it writes, or nobody takes what it gives.
    pub(crate) fn is_end(&self) -> bool {
        self.consumers == 0 || self.kind.spec.effect == Effect::Writes
    }
}

impl Plan {
    /// The nodes; each comes after those it takes from.
    pub fn nodes(&self) -> &[PlannedNode] {
        &self.nodes
    }

    /// What file names and pictures may tell of this run.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The seeds that were derived for this item of a batch, with the names of their nodes.
    pub fn seeds(&self) -> impl Iterator<Item = (&str, u64)> {
        self.seeds.iter().map(|(node, seed)| (&**node, *seed))
    }

    /// The most calls of one of its nodes that may be made together with those of other runs.
    pub fn batch(&self) -> usize {
        let each = self.nodes.iter().map(|node| node.kind.kind.batch());
        each.max().unwrap_or(1)
    }

    /// The files that literals name, with the hashes of their contents: pictures and weights alike.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        let inputs = self.nodes.iter().flat_map(|node| &node.inputs);
        inputs.filter_map(|(_, source)| match source {
            Source::Value { value, .. } => value.get::<File>(),
            _ => None,
        })
    }

    /// What stands for all that this plan would give: the keys of its ends.
    pub fn digest(&self) -> Digest {
        let mut hasher = Hasher::new("plan");
        for node in self.nodes.iter().filter(|node| node.is_end()) {
            hasher.digest(&node.key);
        }
        hasher.finish()
    }

    pub(crate) fn shared_nodes(&self) -> Arc<[PlannedNode]> {
        self.nodes.clone()
    }

    pub(crate) fn shared_names(&self) -> Arc<Names> {
        self.names.clone()
    }

    pub(crate) fn names_digest(&self) -> Digest {
        self.names_digest
    }
}

/// Plans `graph` with the kinds of `packs`. Files that it reads are hashed here, and nodes may refuse
/// inputs that cannot work.
///
/// # Errors
/// Every file that cannot be read and every input that a node refuses.
pub fn plan(graph: &Graph, packs: &Packs, mut names: Names) -> Result<Plan, Vec<PlanProblem>> {
    if let Some(item) = &mut names.item {
        let writes = |node: &&Node| {
            packs
                .kind(&node.id)
                .is_some_and(|kind| kind.spec.effect == Effect::Writes)
        };
        item.has_one_writer = graph.nodes().iter().filter(writes).count() == 1;
    }
    let names_digest = names.digest();
    let mut seeds = Vec::new();
    let mut nodes: Vec<PlannedNode> = Vec::with_capacity(graph.nodes().len());
    let mut problems = Vec::new();
    for node in graph.nodes() {
        let derived = derived(graph, node, names.item.as_ref());
        let node = derived.as_ref().map_or(node, |(node, _)| node);
        if let Some((node, seed)) = &derived {
            seeds.push((node.name.as_str().into(), *seed));
        }
        let Some(planned) = planned(node, packs, &mut problems) else {
            continue;
        };
        // Wires point backwards, so a node that failed to plan leaves no key to look up; stop hashing.
        if problems.is_empty() {
            let identity = |from: usize, output: usize| key::made(&nodes[from].key, output);
            let key = key::key(&planned, &names_digest, &identity);
            for (_, source) in &planned.inputs {
                source.for_each_wire(&mut |wire| nodes[wire.node].consumers += 1);
            }
            nodes.push(PlannedNode { key, ..planned });
        }
    }
    if problems.is_empty() {
        Ok(Plan {
            nodes: nodes.into(),
            names: Arc::new(names),
            names_digest,
            seeds: seeds.into(),
        })
    } else {
        Err(problems)
    }
}

/// The node with a seed of its own for this item of a batch, if it takes a seed from an input of the graph that
/// nobody has set for the item.
fn derived(graph: &Graph, node: &Node, item: Option<&ItemNames>) -> Option<(Node, u64)> {
    let item = item?;
    let is_seed = |argument: &Argument| {
        let Argument::Literal { literal, input, .. } = argument else {
            return None;
        };
        let input = graph.inputs().get((*input)?)?;
        let is_free = input.ty.as_str() == "Seed" && !item.varied.contains(&input.name);
        let &Literal::Integer(seed) = literal else {
            return None;
        };
        item.seed(u64::try_from(seed).ok().filter(|_| is_free)?, &node.name)
    };
    let mut own = node.clone();
    let mut derived = None;
    for (_, argument) in &mut own.arguments {
        if let Some(seed) = is_seed(argument)
            && let Argument::Literal { literal, .. } = argument
            && let Ok(integer) = i64::try_from(seed)
        {
            *literal = Literal::Integer(integer);
            derived = Some(seed);
        }
    }
    derived.map(|seed| (own, seed))
}

/// The files and folders of this machine that literals of `graph` name, whether they are there or not.
pub fn files_named(graph: &Graph, packs: &Packs) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for node in graph.nodes() {
        let spec = packs.kind(&node.id).map(|kind| kind.spec.clone());
        for (port, argument) in &node.arguments {
            let form = spec
                .as_ref()
                .and_then(|spec| spec.input(port))
                .map(|port| &port.form);
            if let (
                Some(Form::File | Form::Folder),
                Argument::Literal {
                    literal: Literal::Text(path),
                    ..
                },
            ) = (form, argument)
                && !path.starts_with(HUB)
            {
                files.push(path.into());
            }
        }
    }
    files
}

fn planned(node: &Node, packs: &Packs, problems: &mut Vec<PlanProblem>) -> Option<PlannedNode> {
    let Some(kind) = packs.kind(&node.id) else {
        let message = format!(
            "its kind `{}` was in the registry when the graph was checked, and now is not",
            node.id
        );
        problems.push(PlanProblem::new(&node.name, message, &node.origin));
        return None;
    };
    let before = problems.len();
    let mut inputs = Vec::with_capacity(node.arguments.len());
    let mut known = Values::default();
    let mut written = Vec::with_capacity(node.arguments.len());
    for (port, argument) in &node.arguments {
        let mut reading = Reading {
            packs,
            kind,
            port,
            refuse: &mut |message, origin| {
                problems.push(PlanProblem::new(&node.name, message, origin));
            },
        };
        let source = reading.source(argument);
        if let Some(source) = &source {
            written.push((port.clone(), facts::written(argument, source)));
        }
        if let Some(Source::Value { value, .. }) = &source {
            known.put(port, value.clone());
        }
        inputs.extend(source.map(|source| (port.clone(), source)));
    }
    if problems.len() > before {
        return None;
    }
    if let Err(error) = kind.kind.check(&Facts::with_written(&known, &written)) {
        for (message, origin) in facts::refusals(&error, node) {
            problems.push(PlanProblem::new(&node.name, message, &origin));
        }
    }
    Some(PlannedNode {
        name: node.name.as_str().into(),
        kind: kind.clone(),
        inputs,
        is_mapped: node.is_mapped,
        key: Digest::from_bytes([0; 32]),
        origin: node.origin.clone(),
        consumers: 0,
    })
}
