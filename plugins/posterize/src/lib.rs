//! Pictures of few tones: posterizing, dithering, and a picture for each tone.

mod levels;
mod posterize;
mod tones;

use weft_node::{Pack, node};

const PACK: Pack = Pack::new(
    "weft.posterize",
    &[
        node::<posterize::Posterize>(),
        node::<tones::Tones>(),
        node::<levels::Levels>(),
    ],
)
.with_version(env!("CARGO_PKG_VERSION"));

weft_node::export!(PACK);
