//! What a node gives.

use weft_spec::OutputSpec;
use weft_value::{AnyValue, Product};

/// What a node gives: one value, a list, or a struct with `#[derive(Outputs)]`.
pub trait Outputs {
    /// The outputs, in order; the first is what a wire without an output's name takes.
    fn ports() -> Vec<OutputSpec>;

    /// The values, in the order of the ports.
    fn give(self) -> Vec<AnyValue>;
}

/// One output, named after its type: `image` for an `Image`, `images` for a list of them.
impl<P: Product> Outputs for P {
    fn ports() -> Vec<OutputSpec> {
        vec![OutputSpec::of(P::type_name())]
    }
    fn give(self) -> Vec<AnyValue> {
        vec![P::give(self)]
    }
}
