//! The trait of every node.

use crate::{AnyValue, Context, Facts, Outputs, Result, Values};
use weft_spec::{Effect, Literal, PortSpec};

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
}
