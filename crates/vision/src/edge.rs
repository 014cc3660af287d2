//! Where pictures change: gradients, and the thin connected edges that are made of them.
//!
//! Everything here takes luma, `[batch, 1, height, width]`, and gives maps of that shape. Beyond the
//! border pictures are mirrored. Sizes of gradients and filters are those of scikit-image: a
//! step from 0 to 1 between two columns has a gradient of 1 across and 0 down.

mod canny;
mod gradient;
mod hysteresis;
mod thin;

#[cfg(test)]
mod tests;

pub use canny::canny;
pub use gradient::{
    Gradient, laplacian, laplacian_magnitude, scharr, scharr_magnitude, sobel, sobel_magnitude,
};
pub use hysteresis::{Unfollowed, hysteresis};
pub use thin::thin;
