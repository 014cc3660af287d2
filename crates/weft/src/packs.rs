//! The one list of built-in packs.

use weft_node::Pack;

/// The built-in packs.
pub const PACKS: &[Pack] = &[
    weft_load::PACK,
    weft_picture::PACK,
    weft_edge::PACK,
    weft_instruct::PACK,
    weft_retrieve::PACK,
    weft_sample::PACK,
    weft_stable::PACK,
    weft_upscale::PACK,
    weft_save::PACK,
];
