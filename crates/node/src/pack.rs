//! The list that makes nodes a pack.

use weft_spec::{Literal, NodeSpec, PackSpec, TypeName};
use weft_value::{AnyValue, CONVERSIONS, Digest, TYPES, ValueType};

use crate::{Context, Error, Facts, Node, Outputs, Result, Values};

/// A kind of node as the engine sees it, wherever it comes from.
pub trait Kind: Send + Sync {
    /// What it looks like from outside.
    fn spec(&self) -> NodeSpec;

    /// The value that a canonical literal at that input stands for.
    ///
    /// # Errors
    /// A sentence on why the literal does not fit.
    fn literal(&self, port: &str, literal: &Literal) -> Result<AnyValue, String>;

    /// Refuses inputs that cannot work, before anything runs.
    ///
    /// # Errors
    /// Why they cannot work, and the cure.
    fn check(&self, facts: &Facts<'_>) -> Result<()>;

    /// Takes the inputs and does the work; the values are in the order of the outputs.
    ///
    /// # Errors
    /// Why it could not be done, and the cure.
    fn run(&self, values: &mut Values, context: &mut Context) -> Result<Vec<AnyValue>>;

    /// How many calls may be made together at most; see [`Node::BATCH`].
    fn batch(&self) -> usize {
        1
    }

    /// Calls with equal keys may be made together; see [`Node::batch_key`].
    fn batch_key(&self, _: &Values) -> Option<Digest> {
        None
    }

    /// Makes several calls of equal key; a result for each, in their order.
    fn run_batch(&self, jobs: Vec<(Values, Context)>) -> Vec<Made> {
        let run =
            |(mut values, mut context): (Values, Context)| self.run(&mut values, &mut context);
        jobs.into_iter().map(run).collect()
    }
}

impl Kind for Entry {
    fn spec(&self) -> NodeSpec {
        (self.spec)()
    }
    fn literal(&self, port: &str, literal: &Literal) -> Result<AnyValue, String> {
        (self.literal)(port, literal)
    }
    fn check(&self, facts: &Facts<'_>) -> Result<()> {
        (self.check)(facts)
    }
    fn run(&self, values: &mut Values, context: &mut Context) -> Result<Vec<AnyValue>> {
        (self.run)(values, context)
    }
    fn batch(&self) -> usize {
        self.batch
    }
    fn batch_key(&self, values: &Values) -> Option<Digest> {
        (self.batch_key)(values)
    }
    fn run_batch(&self, jobs: Vec<(Values, Context)>) -> Vec<Made> {
        (self.run_batch)(jobs)
    }
}

/// What came of one of several calls: a value for each output.
pub type Made = Result<Vec<AnyValue>>;

/// One kind of node of a [`Pack`].
#[derive(Clone, Copy)]
pub struct Entry {
    /// The id of the node.
    pub id: &'static str,
    /// What it looks like from outside.
    pub spec: fn() -> NodeSpec,
    /// See [`crate::Inputs::literal`].
    pub literal: fn(&str, &Literal) -> Result<AnyValue, String>,
    /// See [`Node::check`].
    pub check: fn(&Facts<'_>) -> Result<()>,
    /// Takes the inputs and runs the node; the values are in the order of the outputs.
    pub run: fn(&mut Values, &mut Context) -> Result<Vec<AnyValue>>,
    /// See [`Node::BATCH`].
    pub batch: usize,
    /// See [`Node::batch_key`].
    pub batch_key: fn(&Values) -> Option<Digest>,
    /// See [`Node::run_batch`].
    pub run_batch: fn(Vec<(Values, Context)>) -> Vec<Made>,
}

/// The entry of node `N`.
pub const fn node<N: Node>() -> Entry {
    Entry {
        id: N::ID,
        spec: || NodeSpec {
            id: N::ID.to_owned(),
            version: N::VERSION,
            help: N::HELP.to_owned(),
            effect: N::EFFECT,
            inputs: N::ports(),
            outputs: N::Output::ports(),
        },
        literal: N::literal,
        check: N::check,
        run: |values, context| N::take(values)?.run(context).map(Outputs::give),
        batch: N::BATCH,
        batch_key: |values| N::take(&mut values.clone()).ok()?.batch_key(),
        run_batch: run_batch::<N>,
    }
}

/// Runs together the jobs whose inputs fit; the others fail alone.
fn run_batch<N: Node>(jobs: Vec<(Values, Context)>) -> Vec<Made> {
    let mut results: Vec<Option<Made>> = Vec::with_capacity(jobs.len());
    let mut ready = Vec::with_capacity(jobs.len());
    for (mut values, context) in jobs {
        match N::take(&mut values) {
            Ok(node) => {
                ready.push((node, context));
                results.push(None);
            }
            Err(error) => results.push(Some(Err(error))),
        }
    }
    let mut made = N::run_batch(ready).into_iter();
    let lost = || {
        Err(Error::Missing(
            "the node gave fewer results than it was asked for, which is a bug in it".to_owned(),
        ))
    };
    let result = |known: Option<_>| {
        known.unwrap_or_else(|| {
            made.next()
                .map_or_else(lost, |made| made.map(Outputs::give))
        })
    };
    results.into_iter().map(result).collect()
}

/// Nodes, and the types of value they bring.
#[derive(Clone, Copy)]
pub struct Pack {
    id: &'static str,
    version: &'static str,
    nodes: &'static [Entry],
    types: &'static [ValueType],
}

impl Pack {
    /// A pack of these nodes.
    pub const fn new(id: &'static str, nodes: &'static [Entry]) -> Self {
        Self {
            id,
            version: env!("CARGO_PKG_VERSION"),
            nodes,
            types: &[],
        }
    }

    /// The types of value it brings besides those of `weft_value`.
    #[must_use]
    pub const fn with_types(self, types: &'static [ValueType]) -> Self {
        Self { types, ..self }
    }

    /// The version of the pack, as semver text; that of Weft if it is not set.
    #[must_use]
    pub const fn with_version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    /// One word for ours, `vendor.pack` for a plugin.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The version, as semver text.
    pub const fn version(&self) -> &'static str {
        self.version
    }

    /// The nodes.
    pub const fn nodes(&self) -> &'static [Entry] {
        self.nodes
    }

    /// The types it may meet: those of `weft_value`, then its own.
    pub fn types(&self) -> impl Iterator<Item = &'static ValueType> + use<> {
        TYPES.iter().chain(self.types)
    }

    /// What a graph sees of it.
    pub fn spec(&self) -> PackSpec {
        let conversion =
            |&(from, to): &(&'static str, &'static str)| (TypeName::new(from), TypeName::new(to));
        PackSpec {
            id: self.id.to_owned(),
            version: self.version.to_owned(),
            nodes: self.nodes.iter().map(|entry| (entry.spec)()).collect(),
            types: self.types().map(ValueType::spec).collect(),
            conversions: CONVERSIONS.iter().map(conversion).collect(),
        }
    }
}
