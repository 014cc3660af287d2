//! Weft for embedders: a host for graphs with the built-in packs, and a prelude for nodes of one's own.

mod items;
mod names;
mod packs;
pub mod prelude;
mod trouble;
mod weft;

pub use self::weft::{Builder, Weft};
pub use items::{ItemGraph, ItemPlanner};
pub use names::{Remembered, RememberedItem};
pub use packs::PACKS;
pub use trouble::Trouble;
pub use weft_batch as batch;
pub use weft_engine as engine;
pub use weft_eval as eval;
pub use weft_graph as graph;
pub use weft_host as host;
pub use weft_models as models;
pub use weft_node as node;
pub use weft_spec as spec;
pub use weft_store as store;
pub use weft_tensor as tensor;
pub use weft_train as train;
pub use weft_value as value;
pub use weft_vision as vision;
