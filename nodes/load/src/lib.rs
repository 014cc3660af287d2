//! The pack that reads pictures and text.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod load_folder;
mod load_image;
mod load_text;
mod read;

#[cfg(test)]
mod tests;

pub use load_folder::{LoadFolder, LoadedFolder};
pub use load_image::{LoadImage, LoadedImage};
pub use load_text::LoadText;

use weft_node::{Pack, node};

/// What reads files.
pub const PACK: Pack = Pack::new(
    "load",
    &[
        node::<LoadFolder>(),
        node::<LoadImage>(),
        node::<LoadText>(),
    ],
);
