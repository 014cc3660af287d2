//! The pack that finds pictures: by text, by picture, or by both.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod approximate;
mod build_index;
mod captions;
mod descriptor;
mod embed;
mod file;
mod index;
mod load_index;
mod retrieve;
mod rows;
mod save_index;
mod search;

#[cfg(test)]
mod tests;

pub use build_index::BuildIndex;
pub use embed::{Embed, MiniLm, TextLikeness, WordHash, embedder};
pub use index::{Entry, RetrievalIndex};
pub use load_index::LoadIndex;
pub use retrieve::{Retrieve, Retrieved};
pub use rows::Rows;
pub use save_index::SaveIndex;
pub use search::{EXACT, Found, Query};

use weft_node::{Pack, node, value::ValueType};

/// Finding pictures.
pub const PACK: Pack = Pack::new(
    "retrieve",
    &[
        node::<BuildIndex>(),
        node::<LoadIndex>(),
        node::<Retrieve>(),
        node::<SaveIndex>(),
    ],
)
.with_types(&[ValueType::of::<RetrievalIndex>()]);
