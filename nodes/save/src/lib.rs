//! The pack that writes pictures and text.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod preview;
mod save_image;
mod save_text;
mod target;

#[cfg(test)]
mod tests;

pub use preview::{Preview, Shown};
pub use save_image::SaveImage;
pub use save_text::SaveText;
pub use target::SaveFormat;

use weft_node::{Pack, node, value::ValueType};

/// What writes files and shows pictures.
pub const PACK: Pack = Pack::new(
    "save",
    &[node::<Preview>(), node::<SaveImage>(), node::<SaveText>()],
)
.with_types(&[ValueType::of::<Shown>()]);
