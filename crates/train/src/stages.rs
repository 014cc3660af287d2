//! The stages in which the U-Net learns: text to image, then with retrieved pictures, then to follow instructions.

mod captioned;
mod clusters;
mod latents;
mod library;
mod tasks;
mod view;

#[cfg(test)]
mod tests;

pub use captioned::Captioned;
pub use clusters::{Clusters, neighbours};
pub use latents::{Latents, LatentsError};
pub use library::{Glimpse, Library, Scene, Scenes, Stage};
pub use tasks::{Mixture, Shares};
pub use view::View;
