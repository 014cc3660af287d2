//! How large a picture may be.

use thiserror::Error;

/// Most pixels of one value, all pictures of a batch together: 16384 by 8192, which holds a 4K picture
/// enlarged four times. In four channels they are 2 GiB.
pub const MAX_PIXELS: u64 = 1 << 27;

/// Why there can be no picture of a size.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SizeError {
    /// A side has no pixel.
    #[error("a picture of {width} x {height} pixels is empty; both sides need at least 1")]
    Empty {
        /// Height in pixels.
        height: usize,
        /// Width in pixels.
        width: usize,
    },
    /// There are more than [`MAX_PIXELS`].
    #[error("{} of {width} x {height} pixels: a value may have {MAX_PIXELS} pixels; make it smaller", pictures(*batch))]
    TooLarge {
        /// Pictures in the batch.
        batch: usize,
        /// Height in pixels.
        height: usize,
        /// Width in pixels.
        width: usize,
    },
}

fn pictures(batch: usize) -> String {
    if batch == 1 {
        "a picture".to_owned()
    } else {
        format!("{batch} pictures")
    }
}

impl SizeError {
    /// Bytes of such pictures in four channels.
    pub fn bytes(&self) -> u64 {
        match *self {
            Self::Empty { .. } => 0,
            Self::TooLarge {
                batch,
                height,
                width,
            } => pixels(batch, (height, width)).saturating_mul(16),
        }
    }
}

/// Refuses a size that no picture has.
///
/// # Errors
/// A side is 0, or there are more than [`MAX_PIXELS`].
pub fn fits(size: (usize, usize)) -> Result<(), SizeError> {
    batch_fits(1, size)
}

/// Refuses a size that no picture in a batch of so many has.
///
/// # Errors
/// A side is 0, or there are more than [`MAX_PIXELS`] in all of them.
pub fn batch_fits(batch: usize, (height, width): (usize, usize)) -> Result<(), SizeError> {
    if height == 0 || width == 0 {
        return Err(SizeError::Empty { height, width });
    }
    if pixels(batch, (height, width)) > MAX_PIXELS {
        return Err(SizeError::TooLarge {
            batch,
            height,
            width,
        });
    }
    Ok(())
}

fn pixels(batch: usize, (height, width): (usize, usize)) -> u64 {
    [batch, height, width]
        .into_iter()
        .fold(1, |product, side| product.saturating_mul(side as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_without_pixels_or_with_too_many_are_refused() {
        assert!(fits((8192, 16_384)).is_ok());
        assert_eq!(
            fits((0, 3)),
            Err(SizeError::Empty {
                height: 0,
                width: 3
            })
        );
        assert_eq!(
            fits((100_000, 100_000)).unwrap_err().bytes(),
            160_000_000_000
        );
        assert_eq!(
            fits((usize::MAX, usize::MAX)).unwrap_err().bytes(),
            u64::MAX
        );
        assert!(batch_fits(3, (8192, 8192)).is_err());
    }
}
