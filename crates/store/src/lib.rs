//! Content-addressed results: memory with a byte budget, then disk.
//!
//! A result is what one node gave: a value for each of its outputs. It is kept by the key of its making, so
//! it never changes and never goes stale; the one exception, a receipt for a file that has changed since, is
//! noticed when it is looked up. The store may lose anything at any time. What it gives back is right.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use burn::tensor::Device;
//! use weft_store::{Store, Tier};
//! use weft_value::{AnyValue, Digest};
//!
//! let store = Store::in_memory(1 << 20);
//! let key = Digest::of(b"how it was made");
//! let outputs: Arc<[AnyValue]> = [AnyValue::new("a rocket".to_owned())].into();
//! store.put(key, outputs, Duration::from_millis(3));
//!
//! assert_eq!(store.find(&key), Some(Tier::Memory));
//! let recalled = store.get(&key, &Device::flex()).expect("it was kept");
//! assert_eq!(recalled.outputs[0].get::<String>().map(String::as_str), Some("a rocket"));
//! ```

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod atomic;
mod disk;
mod entry;
mod error;
mod memory;
mod open;
mod policy;
mod store;
mod trim;
mod types;
mod writer;

#[cfg(test)]
mod samples;

pub use atomic::{Existing, remove_unfinished, write_atomically};
pub use error::{StoreError, WriteError};
pub use store::{Limits, Recalled, Stats, Store, Tier, Usage, Verified};
