//! Sizes that nodes are given, checked before any work.

use weft_node::{Error, Result, value::Image};
use weft_vision::size::{SizeError, batch_fits};

/// The size to make: that of `like`, or `height` and `width`.
pub(crate) fn wanted(
    like: Option<&Image>,
    (height, width): (usize, usize),
) -> Result<(usize, usize)> {
    let size = like.map_or((height, width), |like| (like.height(), like.width()));
    allowed(size)
}

/// Refuses a size that no picture has.
pub(crate) fn allowed(size: (usize, usize)) -> Result<(usize, usize)> {
    allowed_each(1, size)
}

/// Refuses a size that no picture in a batch of so many has.
pub(crate) fn allowed_each(batch: usize, size: (usize, usize)) -> Result<(usize, usize)> {
    batch_fits(batch, size).map_err(|error| match error {
        SizeError::Empty { .. } => Error::Input {
            input: None,
            message: error.to_string(),
        },
        SizeError::TooLarge { .. } => Error::Memory {
            bytes: error.bytes(),
            message: error.to_string(),
        },
    })?;
    Ok(size)
}

/// Refuses two pictures of different sizes, or of batches that do not pair up.
pub(crate) fn alike(input: &'static str, one: [usize; 4], other: [usize; 4]) -> Result<()> {
    let size = |dims: [usize; 4]| format!("{} x {}", dims[3], dims[2]);
    if one[2..] != other[2..] {
        let message = format!(
            "is {} and the other picture {}; make them alike with `Resize`",
            size(one),
            size(other)
        );
        return Err(Error::input(input, message));
    }
    if one[0] != other[0] && one[0] != 1 && other[0] != 1 {
        let message = format!(
            "is a batch of {} and the other a batch of {}; they must be alike, or one of them 1",
            one[0], other[0]
        );
        return Err(Error::input(input, message));
    }
    Ok(())
}
