//! Interleaved samples of a file to planes of a tensor.

use image::metadata::Orientation;
use rayon::prelude::{IndexedParallelIterator, ParallelIterator, ParallelSliceMut};

/// A number as files hold it.
pub(super) trait Sample: Copy + Send + Sync {
    /// The number with the full range as 0..=1; a float is taken as it is.
    fn unit(self) -> f32;
}

impl Sample for u8 {
    fn unit(self) -> f32 {
        f32::from(self) / 255.0
    }
}

impl Sample for u16 {
    fn unit(self) -> f32 {
        f32::from(self) / 65535.0
    }
}

impl Sample for f32 {
    fn unit(self) -> f32 {
        self
    }
}

/// Which sample of a pixel each channel takes.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// Samples of one pixel in the file.
    pub(super) samples: usize,
    /// The sample of each channel.
    pub(super) channels: &'static [usize],
}

/// Walks the pixels of a stored picture in the order in which it is seen upright.
#[derive(Clone, Copy)]
pub(super) struct Upright {
    /// Pixels in a row of the upright picture.
    pub(super) width: usize,
    /// Rows of the upright picture.
    pub(super) height: usize,
    first: isize,
    right: isize,
    down: isize,
}

impl Upright {
    /// The walk over a stored picture of `width` × `height` pixels.
    pub(super) fn new(width: usize, height: usize, orientation: Orientation) -> Self {
        let row = width.cast_signed();
        let (last_x, last_y) = (row - 1, row * (height.cast_signed() - 1));
        let (is_turned, first, right, down) = match orientation {
            Orientation::NoTransforms => (false, 0, 1, row),
            Orientation::FlipHorizontal => (false, last_x, -1, row),
            Orientation::Rotate180 => (false, last_x + last_y, -1, -row),
            Orientation::FlipVertical => (false, last_y, 1, -row),
            Orientation::Rotate90FlipH => (true, 0, row, 1),
            Orientation::Rotate90 => (true, last_y, -row, 1),
            Orientation::Rotate270FlipH => (true, last_x + last_y, -row, -1),
            Orientation::Rotate270 => (true, last_x, row, -1),
        };
        let (width, height) = if is_turned {
            (height, width)
        } else {
            (width, height)
        };
        Self {
            width,
            height,
            first,
            right,
            down,
        }
    }

    fn start_of_row(&self, y: usize) -> isize {
        self.first + self.down * y.cast_signed()
    }
}

/// The planes of the upright picture, `[channels, height, width]`, 0..=1.
///
/// One pass: turning, spreading and scaling happen while the numbers are copied.
pub(super) fn spread<T: Sample>(interleaved: &[T], layout: Layout, upright: Upright) -> Vec<f32> {
    let Upright {
        width,
        height,
        right,
        ..
    } = upright;
    let mut planes = vec![0.0; layout.channels.len() * height * width];
    planes
        .par_chunks_mut(width)
        .enumerate()
        .for_each(|(row, out)| {
            let sample = layout.channels[row / height];
            let start = upright.start_of_row(row % height);
            if right == 1 {
                let from = &interleaved[start.unsigned_abs() * layout.samples..];
                for (out, pixel) in out.iter_mut().zip(from.chunks_exact(layout.samples)) {
                    *out = pixel[sample].unit();
                }
                return;
            }
            let mut at = start;
            for out in out {
                *out = interleaved[at.unsigned_abs() * layout.samples + sample].unit();
                at += right;
            }
        });
    planes
}
