//! What the author of a node imports: the derives, the `Node` trait, what a running node may ask of its
//! host, and the list that makes nodes a pack.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

// The derives name this crate by its own name, also where they are used within it.
extern crate self as weft_node;

mod context;
mod error;
mod facts;
mod models;
mod node;
mod outputs;
mod pack;
mod values;

pub use context::{Context, Detached, Job, LogLevel, Provenance};
pub use error::{Error, Place, Result};
pub use facts::{Facts, Written};
pub use models::Models;
pub use node::{Inputs, Node};
pub use outputs::Outputs;
pub use pack::{Entry, Kind, Made, Pack, node};
pub use values::Values;
pub use weft_node_macros::{Choice, Inputs, Outputs};
pub use weft_spec::{
    CallSpec, Effect, Form, Literal, NodeSpec, OutputSpec, PackSpec, PortSpec, Range, TypeName,
};
pub use weft_value as value;

#[doc(hidden)]
pub mod derive {
    //! What the derives write out; not for people.

    pub use weft_spec::{Form, Literal, OutputSpec, PortSpec, Range};
    pub use weft_value::{AnyValue, Choice, IntoLiteral, Port, Product, Worded};
    pub use weft_value::{Decode, Encode, Malformed};

    pub use crate::{Inputs, Outputs, Result, Values};
    pub use burn::tensor::Device;

    /// The default in the spelling of the port's form.
    pub fn canonical<P: Port>(default: impl IntoLiteral) -> Option<Literal> {
        let literal = default.into_literal();
        Some(P::form().read(&literal).unwrap_or(literal))
    }
}
