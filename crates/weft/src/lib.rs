//! Weft for embedders: the prelude and the list of built-in packs.
