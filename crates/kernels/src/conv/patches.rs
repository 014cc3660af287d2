//! The patches of the padded input as operands of a product.

use std::ops::Range;

use super::ConvShape;
use super::gather::{Runs, gather, granule};
use super::padded::Layout;
use crate::gemm::{Depth, Kernel, Left, PITCH, Right, Strip};

/// Which tap of the weight meets the first pixel of a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The first.
    Same,
    /// The last, as on the way back.
    Flipped,
}

/// The patches as a right operand: a column for each pixel of the output, taps and channels along the depth.
pub(super) struct Patches<'a> {
    kernel: &'static Kernel,
    words: &'a [u32],
    layout: Layout,
    columns: usize,
    depth: Depth,
    bases: Vec<usize>,
}

impl<'a> Patches<'a> {
    /// The patches of the padded input of a convolution.
    pub(super) fn new(
        kernel: &'static Kernel,
        words: &'a [u32],
        layout: Layout,
        shape: &ConvShape,
        order: Order,
    ) -> Self {
        let bases = bases(&layout, shape.kernel, order);
        Self {
            kernel,
            words,
            layout,
            columns: shape.batch * layout.pixels(),
            depth: kernel.depth_of_words(bases.len()),
            bases,
        }
    }
}

/// Where each tap of each channel lies from the first pixel of a patch.
fn bases(layout: &Layout, [height, width]: [usize; 2], order: Order) -> Vec<usize> {
    let mut taps: Vec<usize> = (0..height * width)
        .map(|tap| layout.tap([tap / width, tap % width]))
        .collect();
    if order == Order::Flipped {
        taps.reverse();
    }
    let plane = layout.plane();
    let all =
        (0..layout.channels).flat_map(|channel| taps.iter().map(move |tap| channel * plane + tap));
    all.collect()
}

impl Right for Patches<'_> {
    fn panels<'b>(
        &'b self,
        block: usize,
        panels: Range<usize>,
        buffer: &'b mut [u32],
    ) -> &'b [u32] {
        let (words, width) = (self.depth.block(block), self.kernel.columns);
        let size = words.len() * width;
        let bases = &self.bases[words.start..words.end.min(self.bases.len())];
        let granule = granule(self.layout.out[1], width);
        let mut offsets = [0; 64];
        let offsets = &mut offsets[..width / granule];
        for (panel, dst) in panels.zip(buffer.chunks_exact_mut(size)) {
            for (i, offset) in offsets.iter_mut().enumerate() {
                let column = panel * width + i * granule;
                *offset = if column < self.columns {
                    self.layout.pixel(column)
                } else {
                    0
                };
            }
            let runs = Runs::new(granule, offsets, self.kernel.wide);
            gather(self.words, &runs, bases, (dst, width));
            dst[bases.len() * width..].fill(0);
        }
        buffer
    }
}

/// The patches as a left operand: a row for each tap of each channel, pixels along the depth.
///
/// The pixels of a picture fill whole words.
pub(super) struct Rows<'a> {
    kernel: &'static Kernel,
    words: &'a [u32],
    layout: Layout,
    depth: Depth,
    bases: Vec<usize>,
}

impl<'a> Rows<'a> {
    /// The patches of the padded input of a convolution, whose words are f32.
    pub(super) fn new(
        kernel: &'static Kernel,
        words: &'a [u32],
        layout: Layout,
        shape: &ConvShape,
    ) -> Self {
        Self {
            kernel,
            words,
            layout,
            depth: depth(kernel, layout.pixels(), shape.batch),
            bases: bases(&layout, shape.kernel, Order::Same),
        }
    }
}

/// The depth of the pixels of a batch.
pub(super) fn depth(kernel: &Kernel, pixels: usize, batch: usize) -> Depth {
    kernel.depth_of_words(pixels.div_ceil(kernel.elements()) * batch)
}

impl Left for Rows<'_> {
    fn block<'b>(&'b self, block: usize, rows: Range<usize>, buffer: &'b mut [u32]) -> &'b [u32] {
        let (words, elements) = (self.depth.block(block), self.kernel.elements());
        let pixels = self.layout.pixels();
        let padded = pixels.next_multiple_of(elements);
        let pictures = self.words.len() / (self.layout.channels * self.layout.plane()).max(1);
        let end = (words.end * elements).min(pictures * padded);
        let mut run = granule(self.layout.out[1], 32);
        while !(words.start * elements).is_multiple_of(run) || !end.is_multiple_of(run) {
            run /= 2;
        }
        let at = |element: usize| element / padded * pixels + (element % padded).min(pixels - 1);
        let elements = words.start * elements..end;
        let offsets: Vec<usize> = elements
            .clone()
            .step_by(run)
            .map(|element| self.layout.pixel(at(element)))
            .collect();
        let runs = Runs::new(run, &offsets, self.kernel.wide);
        let mut line = [0u32; 2 * PITCH];
        let count = elements.len();
        for (row, base) in rows.clone().enumerate() {
            let base = &self.bases[base..base + 1];
            gather(self.words, &runs, base, (&mut line, 0));
            if padded > pixels {
                let pads = elements.clone().enumerate();
                pads.filter(|(_, element)| element % padded >= pixels)
                    .for_each(|(i, _)| line[i] = 0);
            }
            let mut strip = Strip {
                src: &bytemuck::cast_slice(&line)[..count],
                stride: 0,
                lines: 1,
                length: count,
                depth: words.len(),
                dst: &mut buffer[row * PITCH..],
                pitch: PITCH,
            };
            strip.check(1, words.len());
            // SAFETY: checked above; the kernel was chosen for this processor.
            unsafe { (self.kernel.packers.rows_along)(&mut strip) };
        }
        buffer
    }
}

/// A gradient `[batch, outputs, pixels]` as a right operand: a column for each output, pixels along the
/// depth.
pub(super) struct Grad<'a> {
    pub(super) kernel: &'static Kernel,
    pub(super) grad: &'a [f32],
    pub(super) outputs: usize,
    pub(super) pixels: usize,
    pub(super) depth: Depth,
}

impl Right for Grad<'_> {
    fn panels<'b>(
        &'b self,
        block: usize,
        panels: Range<usize>,
        buffer: &'b mut [u32],
    ) -> &'b [u32] {
        let (words, width) = (self.depth.block(block), self.kernel.columns);
        let picture = self.pixels.div_ceil(self.kernel.elements());
        let real = self.grad.len() / (self.outputs * self.pixels) * picture;
        let size = words.len() * width;
        for (panel, dst) in panels.zip(buffer.chunks_exact_mut(size)) {
            let outputs = width.min(self.outputs - panel * width);
            let mut word = words.start;
            while word < words.end.min(real) {
                let (item, at) = (word / picture, word % picture);
                let count = (picture - at).min(words.end - word);
                let pixel = at * self.kernel.elements();
                let first = (item * self.outputs + panel * width) * self.pixels + pixel;
                let mut strip = Strip {
                    src: &self.grad[first..],
                    stride: self.pixels,
                    lines: outputs,
                    length: (self.pixels - pixel).min(count * self.kernel.elements()),
                    depth: count,
                    dst: &mut dst[(word - words.start) * width..],
                    pitch: width,
                };
                strip.check(count, width);
                // SAFETY: checked above; the kernel was chosen for this processor.
                unsafe { (self.kernel.packers.columns_along)(&mut strip) };
                word += count;
            }
            dst[(word - words.start) * width..].fill(0);
        }
        buffer
    }
}
