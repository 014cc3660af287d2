//! The trait of every node.

use weft_spec::{Effect, Literal, PortSpec};
use weft_value::{AnyValue, Digest};

use crate::{Context, Facts, Outputs, Result, Values};

/// The inputs of a node: its fields. Derived: `#[derive(Inputs)]`.
pub trait Inputs: Sized {
    /// The name of the struct, which is the name of the kind.
    const KIND: &'static str;

    /// The doc comment of the struct.
    const HELP: &'static str;

    /// The fields, in order.
    fn ports() -> Vec<PortSpec>;

    /// The value that a canonical literal at that input stands for.
    ///
    /// # Errors
    /// A sentence on why the literal does not fit.
    fn literal(port: &str, literal: &Literal) -> Result<AnyValue, String>;

    /// Fills the fields from the values that have arrived.
    ///
    /// # Errors
    /// One is missing, or of another type.
    fn take(values: &mut Values) -> Result<Self>;
}

/// A kind of node. The struct is its arguments and lives for one call: there is no state to keep.
pub trait Node: Inputs {
    /// `pack.Kind`, forever; the kind is the name of the struct.
    const ID: &'static str;

    /// Raise it when the same inputs give another result; it is part of the key of every result.
    const VERSION: u32 = 1;

    /// What the node does to the world.
    const EFFECT: Effect = Effect::Pure;

    /// A value, for one output; a struct with `#[derive(Outputs)]`, for several.
    type Output: Outputs;

    /// Refuses inputs that cannot work, from what the file says, before anything runs.
    ///
    /// # Errors
    /// Why they cannot work, and the cure.
    fn check(_: &Facts<'_>) -> Result<()> {
        Ok(())
    }

    /// Does the work.
    ///
    /// # Errors
    /// Why it could not be done, and the cure.
    fn run(self, context: &mut Context) -> Result<Self::Output>;

    /// How many jobs may be done in one call at most; 1 where nothing is gained.
    const BATCH: usize = 1;

    /// Jobs with equal keys may be done in one call, whichever graphs and items of a batch they belong to; `None`
    /// for one that must be done alone.
    fn batch_key(&self) -> Option<Digest> {
        None
    }

    /// Does several jobs of equal key in one call; a result for each, in their order. What each gives must not
    /// depend on those beside it, but for rounding.
    fn run_batch(jobs: Vec<(Self, Context)>) -> Vec<Result<Self::Output>> {
        let run = |(job, mut context): (Self, Context)| job.run(&mut context);
        jobs.into_iter().map(run).collect()
    }
}
