//! What the author of a plugin imports, under the name `weft_node`: the same derives and traits as for a node of Weft itself,
//! without tensors, so that a plugin builds in seconds.
//!
//! ```toml
//! [lib]
//! crate-type = ["cdylib"]
//!
//! [dependencies]
//! weft-node = { package = "weft-plugin", path = "…" }
//! ```
//!
//! Pictures stay with the host until their numbers are asked for. [`export`] makes a pack a plugin.

// The derives name this crate by the name that plugins give it.
extern crate self as weft_node;

mod boundary;
mod context;
mod error;
mod facts;
mod guard;
mod node;
mod outputs;
mod pack;
mod picture;
mod port;
mod value;
mod values;

pub use context::Context;
pub use error::{Error, Result};
pub use facts::Facts;
pub use node::{Inputs, Node};
pub use outputs::Outputs;
pub use pack::{Entry, Pack, node};
pub use picture::{ColorSpace, Image, Mask};
pub use port::{Port, Product};
pub use value::{AnyValue, Color, File, Folder, Seed, Value};
pub use values::Values;
pub use weft_node_macros::{Choice, Inputs, Outputs};
pub use weft_spec::{Effect, Form, List, Literal, NodeSpec, OutputSpec, PortSpec, Range, TypeName};

#[doc(hidden)]
pub mod derive {
    //! What the derives and [`crate::export`] write out; not for people.

    pub use weft_abi::{Call, Function, Status, Table, Text};
    pub use weft_spec::{Choice, Form, IntoLiteral, Literal, OutputSpec, PortSpec, Range};

    pub use crate::boundary::{check, describe, entry, find, run};
    pub use crate::value::Worded;
    pub use crate::{AnyValue, Inputs, Outputs, Port, Product, Result, Values};

    /// The default in the spelling of the port's form.
    pub fn canonical<P: Port>(default: impl IntoLiteral) -> Option<Literal> {
        let literal = default.into_literal();
        Some(P::form().read(&literal).unwrap_or(literal))
    }
}

/// Makes a pack a plugin: exports what Weft looks for in a shared library. Once in a crate.
///
/// ```ignore
/// const PACK: Pack = Pack::new("acme.dots", &[node::<Dots>()]).with_version(env!("CARGO_PKG_VERSION"));
///
/// weft_node::export!(PACK);
/// ```
#[macro_export]
macro_rules! export {
    ($pack:expr) => {
        const _: () = {
            use $crate::derive::{Call, Function, Status, Table, Text};

            static PLUGIN: $crate::Pack = $pack;
            static TABLE: Table = Table::new(find);

            unsafe extern "C" fn describe(out: *mut Text) -> Status {
                // SAFETY: the host promises a place to write to.
                unsafe { $crate::derive::describe(&PLUGIN, out) }
            }
            unsafe extern "C" fn run(call: Call, node: u32) -> Status {
                $crate::derive::run(&PLUGIN, call, node)
            }
            unsafe extern "C" fn check(call: Call, node: u32) -> Status {
                $crate::derive::check(&PLUGIN, call, node)
            }
            unsafe extern "C" fn find(id: *const ::std::ffi::c_char) -> Option<Function> {
                // SAFETY: the host promises an id that ends in NUL.
                unsafe { $crate::derive::find(id, (describe, run, check)) }
            }

            /// What Weft looks for.
            ///
            /// # Safety
            /// `host` is the table of a host, and lives as long as the process.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn weft_plugin(host: *const Table) -> *const Table {
                // SAFETY: as the host promises.
                unsafe { $crate::derive::entry(host, &TABLE) }
            }
        };
    };
}
