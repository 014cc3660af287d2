//! What most programs with Weft in them import.

pub use weft_engine::{Cancel, Event, Events, Outbox, Outcome, Report, Ride};
pub use weft_graph::Given;
pub use weft_node::{Choice, Context, Error, Inputs, Node, Outputs, Pack, Result, node};
pub use weft_tensor::DeviceChoice;
pub use weft_value::{AnyValue, Color, File, Folder, Image, List, Mask, Saved, Seed, Value};

pub use crate::{Trouble, Weft};
