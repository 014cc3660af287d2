//! Words shared by every crate: what a node looks like from outside, how a value is written, and where
//! it was written. Plain data; no tensors, no files, no graph.

mod choice;
mod form;
mod into_literal;
mod list;
mod literal;
mod node_spec;
mod origin;
mod range;
mod registry;
mod type_name;

pub use choice::Choice;
pub use form::{CallSpec, ChoiceSpec, Form, HUB};
pub use into_literal::IntoLiteral;
pub use list::List;
pub use literal::Literal;
pub use node_spec::{Effect, NodeSpec, OutputSpec, PortSpec};
pub use origin::{Origin, Source, Span};
pub use range::Range;
pub use registry::{ClashingId, PackSpec, Registry, TypeSpec};
pub use type_name::TypeName;
