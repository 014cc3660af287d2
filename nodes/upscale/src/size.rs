//! The size that is wanted, checked before any work.

use weft_node::{Error, Result};
use weft_vision::size::{SizeError, batch_fits};

/// A size that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// In pixels.
    pub(crate) width: Option<i64>,
    /// In pixels.
    pub(crate) height: Option<i64>,
    /// Factor for both sides, where neither width nor height is given.
    pub(crate) scale: f64,
}

impl Wanted {
    /// Height and width for a picture of that height and width; of one alone, the shape stays.
    pub(crate) fn size(self, (height, width): (usize, usize)) -> (usize, usize) {
        let given = |side: Option<i64>| side.map(|side| side.max(1) as f64);
        let (high, wide) = (height as f64, width as f64);
        let (new_height, new_width) = match (given(self.height), given(self.width)) {
            (Some(new_height), Some(new_width)) => (new_height, new_width),
            (Some(new_height), None) => (new_height, wide * new_height / high),
            (None, Some(new_width)) => (high * new_width / wide, new_width),
            (None, None) => (high * self.scale, wide * self.scale),
        };
        let rounded = |side: f64| (side.round() as usize).max(1);
        (rounded(new_height), rounded(new_width))
    }
}

/// Refuses a size that no picture in a batch of so many has.
pub(crate) fn allowed(batch: usize, size: (usize, usize)) -> Result<()> {
    batch_fits(batch, size).map_err(|error| match error {
        SizeError::Empty { .. } => Error::input("image", "has no pixels"),
        SizeError::TooLarge { .. } => Error::Memory {
            bytes: error.bytes(),
            message: format!("{error}, for instance with `Resize` before"),
        },
    })
}
