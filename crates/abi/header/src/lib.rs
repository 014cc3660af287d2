//! No code: the tests of this crate make `weft.h`, and check it. `WEFT_BLESS=1 cargo test` here writes it anew.
