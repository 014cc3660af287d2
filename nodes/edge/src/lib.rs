//! The pack of edge detectors.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests compare numbers on the host"
    )
)]

mod canny;
mod hed;
mod laplacian;
mod scharr;
mod sobel;

#[cfg(test)]
mod tests;

pub use canny::Canny;
pub use hed::Hed;
pub use laplacian::Laplacian;
pub use scharr::Scharr;
pub use sobel::Sobel;

use weft_node::{Pack, node};

/// The edge detectors.
pub const PACK: Pack = Pack::new(
    "edge",
    &[
        node::<Canny>(),
        node::<Hed>(),
        node::<Laplacian>(),
        node::<Scharr>(),
        node::<Sobel>(),
    ],
);
