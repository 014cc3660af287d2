//! The gradients of a convolution.

use rayon::prelude::*;

use super::padded::with_padded;
use super::patches::{Grad, Order, Rows, depth};
use super::weight::WeightView;
use super::{ConvShape, ConvWeight, convolve};
use crate::gemm::{Kernel, Output, Product, Start, scratch, transpose};
use crate::{Isa, Precision, ShapeError};

/// The gradient of a convolution for its weight.
///
/// # Shapes
/// x: `[batch, inputs, height, width]`, grad: `[batch, outputs, ...shape.output()]`,
/// out: `[outputs, inputs, kh, kw]`, overwritten.
///
/// # Errors
/// When the shapes do not fit.
pub fn conv2d_weight_grad(
    x: &[f32],
    grad: &[f32],
    shape: &ConvShape,
    precision: Precision,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    weight_grad_by(Kernel::chosen(precision), (x, grad), shape, out)
}

/// [`conv2d_weight_grad`] by a given kernel.
pub(super) fn weight_grad_by(
    kernel: &'static Kernel,
    (x, grad): (&[f32], &[f32]),
    shape: &ConvShape,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    shape.check_input("conv2d_weight_grad", x)?;
    shape.check_grad("conv2d_weight_grad", grad)?;
    ShapeError::unless_fits("conv2d_weight_grad", "out", out.len(), &shape.weight())?;
    if x.is_empty() || grad.is_empty() {
        out.fill(0.0);
        return Ok(());
    }
    let plain = Kernel::of(
        if kernel.wide {
            Isa::Avx512
        } else {
            Isa::Portable
        },
        Precision::F32,
    );
    with_padded(plain, x, shape, |words, layout| {
        let rows = shape.inputs * shape.kernel[0] * shape.kernel[1];
        let depth = depth(kernel, layout.pixels(), shape.batch);
        scratch(rows * shape.outputs, |turned| {
            let turned: &mut [f32] = bytemuck::cast_slice_mut(turned);
            Product {
                kernel,
                shape: [rows, shape.outputs],
                depth,
                left: &Rows::new(kernel, words, layout, shape),
                right: &Grad {
                    kernel,
                    grad,
                    outputs: shape.outputs,
                    pixels: layout.pixels(),
                    depth,
                },
                start: Start::Zero,
            }
            .run(Output::rows_of(turned, shape.outputs));
            transpose(plain, turned, [rows, shape.outputs], out);
        });
    });
    Ok(())
}

/// The gradient of a convolution for its input.
///
/// # Shapes
/// grad: `[batch, outputs, ...shape.output()]`, weight: `[outputs, inputs, kh, kw]`,
/// out: `[batch, inputs, height, width]`, overwritten.
///
/// # Errors
/// When the shapes do not fit.
pub fn conv2d_input_grad(
    grad: &[f32],
    weight: &[f32],
    shape: &ConvShape,
    precision: Precision,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    input_grad_by(Kernel::chosen(precision), (grad, weight), shape, out)
}

/// [`conv2d_input_grad`] by a given kernel.
pub(super) fn input_grad_by(
    kernel: &'static Kernel,
    (grad, weight): (&[f32], &[f32]),
    shape: &ConvShape,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    shape.check_grad("conv2d_input_grad", grad)?;
    ShapeError::unless_fits("conv2d_input_grad", "weight", weight.len(), &shape.weight())?;
    let [height, width] = shape.size;
    let wanted = [shape.batch, shape.inputs, height, width];
    ShapeError::unless_fits("conv2d_input_grad", "out", out.len(), &wanted)?;
    if out.is_empty() {
        return Ok(());
    }
    let back = Back {
        kernel,
        grad,
        weight,
        shape,
    };
    if shape.upsample == 1 {
        back.phases(out);
        return Ok(());
    }
    let whole = shape.size.map(|size| size * shape.upsample);
    let upsampled = ConvShape {
        size: whole,
        upsample: 1,
        ..*shape
    };
    let back = Back {
        shape: &upsampled,
        ..back
    };
    scratch(out.len() * shape.upsample * shape.upsample, |fine| {
        let fine: &mut [f32] = bytemuck::cast_slice_mut(fine);
        back.phases(fine);
        let planes = fine.par_chunks_exact(whole[0] * whole[1]);
        let planes = planes.zip(out.par_chunks_exact_mut(height * width));
        planes.for_each(|(fine, out)| shrink(fine, out, (width, shape.upsample)));
    });
    Ok(())
}

/// Sums the squares of so many pixels a side.
fn shrink(fine: &[f32], out: &mut [f32], (width, factor): (usize, usize)) {
    let rows = fine.chunks_exact(factor * factor * width);
    for (rows, out) in rows.zip(out.chunks_exact_mut(width)) {
        out.fill(0.0);
        for row in rows.chunks_exact(factor * width) {
            for (out, pixels) in out.iter_mut().zip(row.chunks_exact(factor)) {
                *out += pixels.iter().sum::<f32>();
            }
        }
    }
}

/// A convolution to be gone back through.
struct Back<'a> {
    kernel: &'static Kernel,
    grad: &'a [f32],
    weight: &'a [f32],
    shape: &'a ConvShape,
}

/// One axis of one phase: the input pixels `first + stride * i`, which only every stride-th tap meets.
struct Axis {
    /// The taps that meet them.
    taps: Vec<usize>,
    /// The first pixel.
    first: usize,
    /// How many there are.
    count: usize,
    /// How far the padding would have to be negative: results to be dropped.
    drop: usize,
    /// Zeros before and after the gradient.
    padding: [usize; 2],
}

impl Axis {
    fn new(phase: usize, stride: usize, [size, kernel, before, grads]: [usize; 4]) -> Self {
        let taps: Vec<usize> = (phase..kernel).step_by(stride).collect();
        let skipped = before.saturating_sub(phase).div_ceil(stride);
        let first = (phase + skipped * stride).saturating_sub(before);
        let count = size.saturating_sub(first).div_ceil(stride);
        let reach = taps.len().saturating_sub(1);
        let lead = reach.saturating_sub(skipped);
        let drop = skipped.saturating_sub(reach);
        let tail = (drop + count + reach).saturating_sub(grads + lead);
        Self {
            taps,
            first,
            count,
            drop,
            padding: [lead, tail],
        }
    }
}

impl Back<'_> {
    /// Writes the gradient of an input that is not upsampled, one phase of the stride after the other.
    fn phases(&self, out: &mut [f32]) {
        let shape = self.shape;
        let grads = shape.output().unwrap_or_default();
        let axis = |axis: usize, phase: usize| {
            let before = shape.padding[2 * axis];
            let sizes = [shape.size[axis], shape.kernel[axis], before, grads[axis]];
            Axis::new(phase, shape.stride, sizes)
        };
        if shape.stride > 1 {
            out.fill(0.0);
        }
        for phase in 0..shape.stride * shape.stride {
            let y = axis(0, phase / shape.stride);
            let x = axis(1, phase % shape.stride);
            if y.count * x.count > 0 && !y.taps.is_empty() && !x.taps.is_empty() {
                self.phase(&y, &x, grads, out);
            }
        }
    }

    fn phase(&self, y: &Axis, x: &Axis, grads: [usize; 2], out: &mut [f32]) {
        let shape = self.shape;
        let [_, inputs, height, width] = shape.weight();
        let taps = y
            .taps
            .iter()
            .flat_map(|y| x.taps.iter().map(move |x| y * width + x));
        let taps: Vec<usize> = taps.collect();
        let sub = ConvShape {
            batch: shape.batch,
            inputs: shape.outputs,
            outputs: shape.inputs,
            size: grads,
            kernel: [y.taps.len(), x.taps.len()],
            stride: 1,
            padding: [y.padding[0], y.padding[1], x.padding[0], x.padding[1]],
            upsample: 1,
        };
        let part;
        let data = if taps.len() == height * width {
            self.weight
        } else {
            part = picked(self.weight, height * width, &taps);
            &part
        };
        let view = WeightView {
            data,
            outputs: taps.len(),
            inputs: inputs * taps.len(),
            taps: taps.len(),
        };
        let weight = (
            &ConvWeight::viewed(self.kernel, &view, sub.weight()),
            Order::Flipped,
        );
        let [rows, columns] = sub.output().unwrap_or_default();
        if shape.stride == 1 && [rows, columns] == shape.size {
            convolve(self.grad, weight, Start::Zero, (&sub, out));
            return;
        }
        let [tall, broad] = shape.size;
        scratch(shape.batch * shape.inputs * rows * columns, |part| {
            let part: &mut [f32] = bytemuck::cast_slice_mut(part);
            convolve(self.grad, weight, Start::Zero, (&sub, part));
            let planes = part.par_chunks_exact(rows * columns);
            let planes = planes.zip(out.par_chunks_exact_mut(tall * broad));
            planes.for_each(|(part, out)| {
                for i in 0..y.count {
                    let from = &part[(i + y.drop) * columns + x.drop..][..x.count];
                    let row = &mut out[(y.first + i * shape.stride) * broad..][..broad];
                    let to = row[x.first..].iter_mut().step_by(shape.stride);
                    to.zip(from).for_each(|(to, from)| *to = *from);
                }
            });
        });
    }
}

/// Some of the taps of every kernel.
fn picked(weight: &[f32], all: usize, taps: &[usize]) -> Vec<f32> {
    let mut out = vec![0f32; weight.len() / all * taps.len()];
    let kernels = out.par_chunks_exact_mut(taps.len()).with_min_len(4096);
    let kernels = kernels.zip(weight.par_chunks_exact(all).with_min_len(4096));
    kernels.for_each(|(out, kernel)| {
        for (out, tap) in out.iter_mut().zip(taps) {
            *out = kernel[*tap];
        }
    });
    out
}

/// The gradient of a convolution for its bias.
///
/// # Shapes
/// grad: `[batch, outputs, ...shape.output()]`, out: `[outputs]`, overwritten.
///
/// # Errors
/// When the shapes do not fit.
pub fn conv2d_bias_grad(
    grad: &[f32],
    shape: &ConvShape,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    let [height, width] = shape.check_grad("conv2d_bias_grad", grad)?;
    ShapeError::unless_fits("conv2d_bias_grad", "out", out.len(), &[shape.outputs])?;
    let pixels = height * width;
    out.par_iter_mut().enumerate().for_each(|(output, out)| {
        let planes = (0..shape.batch).map(|item| {
            let first = (item * shape.outputs + output) * pixels;
            sum(&grad[first..first + pixels])
        });
        *out = planes.sum::<f64>() as f32;
    });
    Ok(())
}

/// The sum of many numbers, with eight sums side by side.
fn sum(values: &[f32]) -> f64 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut sums = [0f64; 8];
    for eight in eights {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum += f64::from(*value);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().copied().map(f64::from).sum::<f64>()
}
