//! A copy of the input with its zeros around it, as words, so that each patch is a few plain runs.

use rayon::prelude::*;

use super::ConvShape;
use crate::gemm::{Kernel, Strip, Words, scratch};

/// Where the padded pictures lie.
///
/// A row is cut into as many phases as the stride (pixels 0, s, 2s, ..., then 1, s+1, ...), so that the
/// pixels which one tap meets in a row of the output lie side by side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Planes of a picture: channels, or pairs of them.
    pub(super) channels: usize,
    /// Rows of a plane.
    pub(super) rows: usize,
    /// Pixels of one phase of a row.
    pub(super) phase: usize,
    /// The stride of the convolution.
    pub(super) stride: usize,
    /// Height and width of the output; a picture that needs no padding counts as one row.
    pub(super) out: [usize; 2],
}

impl Layout {
    /// Pixels of the output.
    pub(super) fn pixels(&self) -> usize {
        self.out[0] * self.out[1]
    }

    /// From one row to the next.
    pub(super) fn pitch(&self) -> usize {
        self.phase * self.stride
    }

    /// From one plane to the next.
    pub(super) fn plane(&self) -> usize {
        self.rows * self.pitch()
    }

    /// Where a tap lies from the first pixel of a patch.
    pub(super) fn tap(&self, [y, x]: [usize; 2]) -> usize {
        y * self.pitch() + x % self.stride * self.phase + x / self.stride
    }

    /// Where the patch of a pixel of the output begins; pixels are counted over the batch.
    pub(super) fn pixel(&self, pixel: usize) -> usize {
        let (picture, at) = (pixel / self.pixels(), pixel % self.pixels());
        let (y, x) = (at / self.out[1], at % self.out[1]);
        picture * self.channels * self.plane() + y * self.stride * self.pitch() + x
    }
}

/// Calls a function with the padded input as words for that kernel.
pub(super) fn with_padded<R>(
    kernel: &Kernel,
    x: &[f32],
    shape: &ConvShape,
    job: impl FnOnce(&[u32], Layout) -> R,
) -> R {
    let [height, width] = shape.size;
    let out = shape.output().unwrap_or_default();
    let mut layout = Layout {
        channels: shape.inputs.div_ceil(kernel.elements()),
        rows: 1,
        phase: height * width,
        stride: 1,
        out: [1, height * width],
    };
    let plain = shape.kernel == [1, 1] && shape.padding == [0; 4];
    let plain = plain && shape.stride == 1 && shape.upsample == 1;
    if plain && kernel.words == Words::Full {
        return job(bytemuck::cast_slice(x), layout);
    }
    if !plain {
        let [top, bottom, left, right] = shape.padding;
        layout.rows = height * shape.upsample + top + bottom;
        layout.phase = (width * shape.upsample + left + right).div_ceil(shape.stride);
        layout.stride = shape.stride;
        layout.out = out;
    }
    let source = Source {
        kernel,
        x,
        shape,
        plain,
    };
    let plane = layout.plane();
    scratch(shape.batch * layout.channels * plane, |words| {
        let each = (1usize << 14).div_ceil(plane.max(1)).max(1);
        words
            .par_chunks_mut((each * plane).max(1))
            .enumerate()
            .for_each(|(chunk, out)| {
                for (i, out) in out.chunks_exact_mut(plane).enumerate() {
                    source.plane(chunk * each + i, &layout, out);
                }
            });
        job(words, layout)
    })
}

/// What is padded.
struct Source<'a> {
    kernel: &'a Kernel,
    x: &'a [f32],
    shape: &'a ConvShape,
    plain: bool,
}

impl Source<'_> {
    /// Writes one plane of all pictures.
    fn plane(&self, plane: usize, layout: &Layout, out: &mut [u32]) {
        let [height, width] = self.shape.size;
        let elements = self.kernel.elements();
        let (picture, channel) = (plane / layout.channels, plane % layout.channels * elements);
        let channels = (self.shape.inputs - channel).min(elements);
        let first = (picture * self.shape.inputs + channel) * height * width;
        let x = &self.x[first..first + channels * height * width];
        let pitch = layout.pitch();
        let rows = Rows {
            stride: height * width,
            channels,
            count: height,
            width,
            pitch,
        };
        if self.plain {
            self.words(x, &rows.joined(), out);
            return;
        }
        let ([top, _, left, _], upsample) = (self.shape.padding, self.shape.upsample);
        out.fill(0);
        if x.is_empty() {
            return;
        }
        if layout.stride == 1 && upsample == 1 {
            self.words(x, &rows, &mut out[top * pitch + left..]);
            return;
        }
        let mut wide = vec![0f32; pitch];
        let mut lines = vec![0f32; pitch * channels];
        let line = Rows {
            stride: pitch,
            count: 1,
            width: pitch,
            ..rows
        };
        for y in 0..height {
            for (line, x) in lines
                .chunks_exact_mut(pitch)
                .zip(x.chunks_exact(height * width))
            {
                repeat(&x[y * width..][..width], upsample, &mut wide[left..]);
                sort(&wide, layout.stride, line);
            }
            let at = (top + y * upsample) * pitch;
            self.words(&lines, &line, &mut out[at..at + pitch]);
            for copy in 1..upsample {
                out.copy_within(at..at + pitch, at + copy * pitch);
            }
        }
    }

    /// Packs the rows of the channels of a word.
    fn words(&self, src: &[f32], rows: &Rows, dst: &mut [u32]) {
        let mut strip = Strip {
            src,
            stride: rows.stride,
            lines: rows.channels,
            length: rows.width,
            depth: rows.count,
            dst,
            pitch: rows.pitch,
        };
        strip.check(rows.count, rows.width);
        assert!((rows.channels - 1) * rows.stride + rows.count * rows.width <= src.len());
        // SAFETY: checked above; the kernel was chosen for this processor.
        unsafe { (self.kernel.packers.planes)(&mut strip) };
    }
}

/// Rows of the channels of a word.
#[derive(Clone, Copy)]
struct Rows {
    /// From one channel to the next.
    stride: usize,
    channels: usize,
    count: usize,
    width: usize,
    /// From one row to the next where they go.
    pitch: usize,
}

impl Rows {
    /// The same as one long row.
    fn joined(self) -> Self {
        Self {
            width: self.count * self.width,
            count: 1,
            ..self
        }
    }
}

/// Writes each pixel of a row so many times.
fn repeat(x: &[f32], times: usize, line: &mut [f32]) {
    if times == 2 {
        for (pair, value) in line.as_chunks_mut::<2>().0.iter_mut().zip(x) {
            *pair = [*value; 2];
        }
        return;
    }
    for (pixels, value) in line.chunks_exact_mut(times).zip(x) {
        pixels.fill(*value);
    }
}

/// Sorts the pixels of a row into the phases of the stride.
fn sort(wide: &[f32], stride: usize, line: &mut [f32]) {
    if stride == 1 {
        line.copy_from_slice(wide);
        return;
    }
    for (phase, out) in line.chunks_exact_mut(wide.len() / stride).enumerate() {
        for (out, pixels) in out.iter_mut().zip(wide.chunks_exact(stride)) {
            *out = pixels[phase];
        }
    }
}
