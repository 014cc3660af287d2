//! What the networks learn, each with its loss and its sheet of samples.

mod draw;
mod judge;
mod pictures;
mod reconstruct;
mod remembered;
mod sheet;

#[cfg(test)]
mod tests;

pub use draw::{Draw, Example, Examples, Shown, Told};
pub use judge::{Accuracy, Drawing, Gallery, Recognise, accuracy};
pub use pictures::Pictures;
pub use reconstruct::{Reconstruct, Source, psnr, scale};
pub use remembered::Remembered;
pub use sheet::sheet;
