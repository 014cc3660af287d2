//! The weight of a convolution as a packed left operand.

use std::ops::Range;

use rayon::prelude::*;

use super::ConvShape;
use crate::gemm::{Buffer, Depth, Kernel, Left, PITCH, Strip};
use crate::{Precision, ShapeError};

/// The weight of a convolution, packed once for one precision on this processor.
///
/// Its depth runs over the taps of one channel (of two channels, where a word holds two numbers), then
/// over the channels.
pub struct ConvWeight {
    kernel: &'static Kernel,
    words: Buffer,
    shape: [usize; 4],
}

/// Where the numbers of a weight lie: output `o`, input `i` and tap `t` at `o * outputs + i * inputs + t`.
pub(super) struct WeightView<'a> {
    pub(super) data: &'a [f32],
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    pub(super) taps: usize,
}

impl ConvWeight {
    /// Packs a weight `[outputs, inputs, kh, kw]`.
    ///
    /// # Errors
    /// When the slice does not hold as many numbers.
    pub fn new(
        weight: &[f32],
        outputs: usize,
        inputs: usize,
        kernel: [usize; 2],
        precision: Precision,
    ) -> Result<Self, ShapeError> {
        let shape = [outputs, inputs, kernel[0], kernel[1]];
        Self::by(Kernel::chosen(precision), weight, shape)
    }

    /// Packs a weight for a given kernel.
    pub(crate) fn by(
        kernel: &'static Kernel,
        weight: &[f32],
        shape: [usize; 4],
    ) -> Result<Self, ShapeError> {
        ShapeError::unless_fits("ConvWeight::new", "weight", weight.len(), &shape)?;
        let [_, inputs, height, width] = shape;
        let taps = height * width;
        let view = WeightView {
            data: weight,
            outputs: inputs * taps,
            inputs: taps,
            taps,
        };
        Ok(Self::viewed(kernel, &view, shape))
    }

    /// Packs a weight that lies in any order, checked by the caller.
    pub(super) fn viewed(
        kernel: &'static Kernel,
        view: &WeightView<'_>,
        shape: [usize; 4],
    ) -> Self {
        let [outputs, inputs, ..] = shape;
        let channels = inputs.div_ceil(kernel.elements());
        let depth = kernel.depth_of_words(channels * view.taps);
        let mut words = Buffer::kept((depth.blocks() * outputs + kernel.rows) * PITCH);
        let size = (outputs * PITCH).max(1);
        let blocks = words.as_mut_slice().chunks_mut(size).take(depth.blocks());
        for (block, out) in blocks.enumerate() {
            let range = depth.block(block);
            out.par_chunks_mut(16 * PITCH)
                .enumerate()
                .for_each(|(chunk, out)| {
                    pack(kernel, view, inputs, (range.clone(), 16 * chunk, out));
                });
        }
        Self {
            kernel,
            words,
            shape,
        }
    }

    /// The memory it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(self.words.as_slice())
    }

    /// `[outputs, inputs, kh, kw]`.
    pub fn shape(&self) -> [usize; 4] {
        self.shape
    }

    pub(super) fn kernel(&self) -> &'static Kernel {
        self.kernel
    }

    pub(super) fn depth(&self) -> Depth {
        let [_, inputs, height, width] = self.shape;
        let channels = inputs.div_ceil(self.kernel.elements());
        self.kernel.depth_of_words(channels * height * width)
    }

    /// Asserts that it is the weight of that convolution.
    pub(super) fn check(
        &self,
        operation: &'static str,
        shape: &ConvShape,
    ) -> Result<(), ShapeError> {
        if self.shape == shape.weight() {
            return Ok(());
        }
        Err(ShapeError {
            operation,
            what: "weight",
            wanted: shape.weight().to_vec(),
            found: self.shape.to_vec(),
        })
    }
}

impl Left for ConvWeight {
    fn is_packed(&self) -> bool {
        true
    }

    fn block<'b>(&'b self, block: usize, rows: Range<usize>, _: &'b mut [u32]) -> &'b [u32] {
        &self.words.as_slice()[(block * self.shape[0] + rows.start) * PITCH..]
    }
}

/// Packs the words of a block of the depth of a few outputs.
fn pack(
    kernel: &Kernel,
    view: &WeightView<'_>,
    inputs: usize,
    (words, first, out): (Range<usize>, usize, &mut [u32]),
) {
    let elements = kernel.elements();
    let real = inputs.div_ceil(elements) * view.taps;
    for (row, line) in out.chunks_exact_mut(PITCH).enumerate() {
        let (mut word, mut rest) = (words.start, &mut line[..words.len()]);
        while word < words.end.min(real) {
            let (group, tap) = (word / view.taps, word % view.taps);
            let left = words.end.min(real) - word;
            let length = (view.taps - tap).min(left);
            let groups = if tap == 0 {
                (left / view.taps).max(1)
            } else {
                1
            };
            let channel = group * elements;
            let mut strip = Strip {
                src: &view.data[(first + row) * view.outputs + channel * view.inputs + tap..],
                stride: view.inputs,
                lines: (inputs - channel).min(groups * elements),
                length,
                depth: groups,
                dst: rest,
                pitch: length,
            };
            strip.check(groups, length);
            // SAFETY: checked above; the kernel was chosen for this processor.
            unsafe { (kernel.packers.groups)(&mut strip) };
            rest = &mut strip.dst[groups * length..];
            word += groups * length;
        }
        rest.fill(0);
    }
}
